import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** How a request ended. `status` is `left` when the client went before it had the answer. */
export type RequestEnd = Readonly<{ route: string; status: string; seconds: number; isStream: boolean }>;

type Listener = Readonly<{
  began?: (raw: ServerResponse) => void;
  ended: (end: RequestEnd, request: FastifyRequest, reply: FastifyReply) => void;
}>;

/** Watches every request of the routes that are added from now on, those that nobody waited for included. */
export function watchRequests(app: FastifyInstance, { began, ended }: Listener): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { raw } = reply;
    began?.(raw);
    // The framework's own hook is not called when the client leaves before the end.
    raw.once("close", () => {
      const { url: route = "none" } = request.routeOptions;
      // What Next has answered has its status in the raw answer alone.
      const status = raw.writableFinished ? String(raw.statusCode) : "left";
      ended({ route, status, seconds: reply.elapsedTime / 1_000, isStream: isStream(raw) }, request, reply);
    });
    done();
  });
}

export function isStream(raw: ServerResponse): boolean {
  return String(raw.getHeader("content-type")).startsWith("text/event-stream");
}
