import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { installArchiveRoute } from "#/api/archive-route.ts";
import { installAuditRoute } from "#/api/audit-route.ts";
import { installChangeFeed } from "#/api/change-feed-route.ts";
import { installChangeRoutes } from "#/api/change-routes.ts";
import { installOriginRoutes } from "#/api/origin-routes.ts";
import { installPayloadRoute } from "#/api/payload-route.ts";
import { installPriceRoutes } from "#/api/price-routes.ts";
import { installQuoteRoutes } from "#/api/quote-routes.ts";
import { readPast } from "#/api/read-past.ts";
import { enforceRoles, readJsonBodies } from "#/api/rest-route.ts";
import { ANSWER_POLICY } from "#/platform/content-policy.ts";
import type { ApiDeps } from "#/api/trpc.ts";

const DESCRIPTION =
  "Prices of language models, kept true. Send a key as `Authorization: Bearer KEY`. Errors are problem details " +
  "(RFC 9457); quote their `instance` when you ask about one.";

/** The viewer draws with style attributes, and adds a style of its own that can't be given a nonce. */
const VIEWER_POLICY = { ...ANSWER_POLICY, "style-src": ["'self'", "'unsafe-inline'"] };

/** The doors for programs that are no tRPC clients, described at `/openapi.json` and, for people, at `/docs/api`. */
export async function installRest(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(swagger, {
      openapi: {
        openapi: "3.1.0",
        info: {
          title: "Ratebook",
          version: "1",
          description: DESCRIPTION,
          license: { name: "MIT", identifier: "MIT" },
        },
        servers: [{ url: "/" }],
        tags: [
          { name: "prices", description: "What is in force, for gateways" },
          { name: "syncs", description: "Trigger, poll, and see what runs" },
          { name: "sources", description: "Archived payloads" },
          { name: "access", description: "Who changed what" },
        ],
        components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
        security: [{ key: [] }],
      },
      transform: (route) => {
        const { schema, url } = jsonSchemaTransform(route);
        const operationId = route.route.config?.action;
        return { schema: operationId === undefined ? schema : { operationId, ...schema }, url };
      },
    });
    await scope.register(swaggerUi, { routePrefix: "/docs/api", staticCSP: VIEWER_POLICY });
    await scope.register(async (routes) => {
      routes.setValidatorCompiler(validatorCompiler);
      routes.setSerializerCompiler(serializerCompiler);
      enforceRoles(routes);
      await routes.register(async (origin) => {
        readJsonBodies(origin);
        installOriginRoutes(origin, deps);
      });
      installAuditRoute(routes, deps);
      installPayloadRoute(routes, deps);
      await routes.register(async (archive) => installArchiveRoute(archive, deps));
      await routes.register(async (prices) => installPriceRoutes(prices, deps));
      await routes.register(async (changes) => installChangeRoutes(changes, deps));
      await routes.register(async (feed) => installChangeFeed(feed, deps));
      await routes.register(async (quotes) => installQuoteRoutes(quotes, { ...deps, readPast: readPast(deps) }));
    });
    scope.get("/openapi.json", { schema: { hide: true } }, () => scope.swagger());
  });
}
