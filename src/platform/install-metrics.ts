import type { FastifyInstance } from "fastify";
import type { Metrics } from "#/platform/metrics.ts";

/** `/metrics`, for Prometheus. The gate asks for a key. */
export function installMetrics(app: FastifyInstance, metrics: Pick<Metrics, "scrape">): void {
  app.get("/metrics", async (_request, reply) => {
    const { type, text } = await metrics.scrape();
    return reply.type(type).header("cache-control", "no-store").send(text);
  });
}
