import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { watchRequests } from "#/platform/watch-requests.ts";

type Options = Readonly<{
  log: Logger;
  /** Who has asked, in words that may stand in a log. */
  describe: (request: FastifyRequest) => object;
}>;

/**
 * One line for each request, at its end. What only reads is a line at the level `debug`, as there is far more of it than of all
 * else. A path is told by its route: it may carry an invitation, and a query a key.
 */
export function logRequests(app: FastifyInstance, { log, describe }: Options): void {
  watchRequests(app, {
    ended({ route, status, seconds, isStream }, request, reply) {
      const { id: requestId, method } = request;
      const isRead = method === "GET" || method === "HEAD";
      const level = isRead && !status.startsWith("5") ? "debug" : "info";
      if (!log.isLevelEnabled(level)) return;
      const { path: procedures } = request.params as { path?: string };
      log[level](
        {
          requestId,
          method,
          route,
          ...(route === "/api/trpc/:path" ? { procedures } : {}),
          status,
          ms: Math.round(seconds * 1_000),
          ...(isStream ? { isStream } : {}),
          ...describe(request),
          bookVersion: reply.getHeader("x-ratebook-version"),
        },
        "http: answered",
      );
    },
  });
}
