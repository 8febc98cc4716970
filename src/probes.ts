import { describeCaller, findHolder } from "#/access/find-holder.ts";
import { installGate } from "#/access/gate.ts";
import { openKeyCache } from "#/access/key-cache.ts";
import { createRequestCounter } from "#/access/request-counter.ts";
import { hashSecret } from "#/access/secret-text.ts";
import type { Config } from "#/config.ts";
import type { Db } from "#/platform/database.ts";
import { installHealth } from "#/platform/health.ts";
import { logRequests } from "#/platform/log-requests.ts";
import { createHttp } from "#/platform/http.ts";
import { installMetrics } from "#/platform/install-metrics.ts";
import type { Lifecycle } from "#/platform/lifecycle.ts";
import type { Logger } from "pino";
import { measureHttp } from "#/platform/measure-http.ts";
import type { Metrics } from "#/platform/metrics.ts";

type Deps = Readonly<{
  config: Config;
  db: Db;
  metrics: Metrics;
  log: Logger;
  lifecycle: Lifecycle;
  draining: AbortSignal;
  isWorking: () => boolean;
}>;

/** The little that a worker answers: `/healthz`, `/readyz` and, to who has a key, `/metrics`. Closed by `lifecycle`. */
export async function openProbes(port: number, deps: Deps): Promise<string> {
  const { config, db, metrics, log, lifecycle, draining, isWorking } = deps;
  const { limits, adminApiKey, staleMs } = config;
  const http = measureHttp(metrics);
  const app = createHttp(log, { isBehindProxy: false });
  http.watch(app);
  logRequests(app, { log, describe: describeCaller });
  // Nobody tells a worker that a key was revoked: it looks each one up again after a second.
  const keys = openKeyCache({ db, hub: { subscribe: () => () => {} }, staleMs });
  const bootstrapDigest = adminApiKey === undefined ? undefined : hashSecret(adminApiKey);
  await installGate(app, {
    find: (request) => findHolder({ keys, bootstrapDigest }, request),
    priceReads: createRequestCounter(limits.priceReads),
    limits,
  });
  installHealth(app, { db, isDraining: () => draining.aborted, isWorking });
  installMetrics(app, metrics);
  lifecycle.onClose("probes", () => app.close());
  return app.listen({ port, host: config.host });
}
