import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { requireRole } from "#/access/require-role.ts";
import { AppError } from "#/platform/errors.ts";
import type { Action } from "#/terms/role-table.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route's name in the role table. */
    action?: Action;
  }
}

/** RFC 9457. */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().meta({ description: "Quote it when you ask: the server's log has it" }),
});

const WORDS = {
  401: "Credentials are missing or wrong",
  403: "The role does not allow it",
  404: "Not found",
  409: "It conflicts with the present state, such as an idempotency key that was used for another request",
  410: "The book has no such version any more: read all prices anew, and go on from their version",
  422: "The request can't be read, or asks for what is not possible",
  429: "Busy, or too many requests: see `Retry-After`",
  503: "The database can't be reached now, too much waits already, or the server is stopping: see `Retry-After`",
} as const;

/** The answers of a route when something is wrong, for its description. Each may be 503. */
export function problems(...statuses: readonly Exclude<keyof typeof WORDS, 503>[]) {
  return Object.fromEntries(
    [...statuses, 503 as const].map((status) => [
      status,
      { description: WORDS[status], content: { "application/problem+json": { schema: problem } } },
    ]),
  );
}

/** Lets a route of this scope be called only by those whom the role table names. A route without a name is a mistake. */
export function enforceRoles(scope: FastifyInstance): void {
  scope.addHook("onRoute", ({ config, method, url }) => {
    if (config?.action === undefined) throw new Error(`${String(method)} ${url} has no name in the role table`);
  });
  scope.addHook("onRequest", (request, _reply, done) => {
    requireRole(actorOf(request), request.routeOptions.config.action ?? "");
    done();
  });
}

/** Who is asking, as the gate found out. Throws `UNAUTHENTICATED`. */
export function actorOf({ principal }: FastifyRequest): Principal {
  if (principal === undefined) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key");
  return principal;
}

/** A body is JSON whatever its type says, as `curl -d` does not say it; no body is an empty object. */
export function readJsonBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, text === "" ? undefined : JSON.parse(String(text)));
    } catch {
      done(new AppError("INVALID", "The body must be JSON"));
    }
  });
  scope.addHook("preValidation", async (request) => {
    if (request.method === "POST") request.body ??= {};
  });
}
