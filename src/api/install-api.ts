import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import type { FastifyInstance } from "fastify";
import { installRest } from "#/api/install-rest.ts";
import { appRouter, type AppRouter } from "#/api/router.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { AppError } from "#/platform/errors.ts";

/** tRPC at `/api/trpc`, and the REST routes. Who is asking was found out by the gate. */
export async function installApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const trpcOptions: FastifyTRPCPluginOptions<AppRouter>["trpcOptions"] = {
    router: appRouter,
    createContext: ({ req }) => ({ deps, principal: req.principal, requestId: req.id }),
    onError: ({ error, path, ctx }) => {
      const said = { err: error.cause ?? error, path, reqId: ctx?.requestId };
      if (error.code === "SERVICE_UNAVAILABLE") app.log.warn(said, "api: a procedure could not be answered now");
      if (error.code === "INTERNAL_SERVER_ERROR") app.log.error(said, "api: a procedure failed");
    },
    responseMeta: ({ errors }) => {
      const cause = errors.find((error) => error.cause instanceof AppError)?.cause;
      const seconds = cause instanceof AppError ? cause.retryAfterSeconds : undefined;
      return seconds === undefined ? {} : { headers: { "retry-after": String(seconds) } };
    },
  };
  await app.register(fastifyTRPCPlugin, { prefix: "/api/trpc", trpcOptions });
  await installRest(app, deps);
}
