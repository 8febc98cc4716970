import { context, propagation, ROOT_CONTEXT, SpanKind, trace, type Context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { failSpan } from "#/platform/span.ts";
import { watchRequests } from "#/platform/watch-requests.ts";

/** Asked every few seconds by a program, whatever happens. */
const PROBES: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);
/** Next's pages and files. */
const PAGES = "/*";

/**
 * A span for each request of the routes that are added from now on, in the trace that its `traceparent` names. What runs on the
 * request's behalf is below it. An address is told by its route: a path may carry an invitation, and a query a key; therefore
 * Next, whose own spans have the whole of it, makes none.
 */
export function traceRequests(app: FastifyInstance): void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  app.addHook("onRequest", (request, _reply, done) => {
    const { url: route = "none" } = request.routeOptions;
    if (PROBES.has(route)) return done();
    // Baggage is whatever a client likes, and would be kept with each job.
    const parent = propagation.deleteBaggage(propagation.extract(ROOT_CONTEXT, request.headers));
    const span = trace.getTracer("ratebook").startSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": request.method, "http.route": route, "ratebook.request.id": request.id },
      },
      parent,
    );
    const own = trace.setSpan(parent, span);
    const inside = route === PAGES ? suppressTracing(own) : own;
    contexts.set(request, inside);
    return context.with(inside, done);
  });
  // A body that is read in between comes from the connection, which knows of no request.
  app.addHook("preValidation", (request, _reply, done) => {
    context.with(contexts.get(request) ?? context.active(), done);
  });
  watchRequests(app, {
    ended({ status }, request) {
      const span = trace.getSpan(contexts.get(request) ?? ROOT_CONTEXT);
      if (status !== "left") span?.setAttribute("http.response.status_code", Number(status));
      if (span !== undefined && status.startsWith("5")) failSpan(span, `The request was answered with ${status}`);
      span?.end();
    },
  });
}
