import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Metrics } from "#/platform/metrics.ts";
import { isStream, watchRequests } from "#/platform/watch-requests.ts";

/** Answers a request if it can, and says which route's it is. */
type Shortcut = (request: IncomingMessage, response: ServerResponse) => string | undefined;

export type HttpMeter = Readonly<{
  /** Measures what a shortcut answers in front of the routes, and says whether it has. */
  around: (shortcut: Shortcut) => (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Measures every request of the routes that are added from now on. The route is its pattern, so that there are few. */
  watch: (app: FastifyInstance) => void;
}>;

/** Requests by route, and the streams that are open. A stream lasts as long as its reader wants, so its time is not counted. */
export function measureHttp(metrics: Metrics): HttpMeter {
  const duration = metrics.histogram({
    name: "ratebook_http_request_duration_seconds",
    help: "From a request's arrival to the end of its answer; streams are left out",
    labels: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
  });
  const underWay = new Set<ServerResponse>();
  metrics.gauge({ name: "ratebook_open_streams", help: "Streams of events that this process has open" }, () => [
    { labels: {}, value: [...underWay].filter((raw) => raw.headersSent && isStream(raw)).length },
  ]);
  return {
    around: (shortcut) => (request, response) => {
      const startedAt = performance.now();
      const route = shortcut(request, response);
      if (route === undefined) return false;
      const { method = "GET" } = request;
      duration({ method, route, status: String(response.statusCode) }, (performance.now() - startedAt) / 1_000);
      return true;
    },
    watch: (app) =>
      watchRequests(app, {
        began: (raw) => void underWay.add(raw),
        ended({ route, status, seconds, isStream }, { method }, { raw }) {
          underWay.delete(raw);
          if (!isStream) duration({ method, route, status }, seconds);
        },
      }),
  };
}
