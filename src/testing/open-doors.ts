import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { createAuth } from "#/access/auth.ts";
import { openCredentialWatch } from "#/access/credential-watch.ts";
import { KEYS_CHANNEL } from "#/access/api-keys.ts";
import { findPrincipal } from "#/access/find-principal.ts";
import { ensureFirstAdmin } from "#/access/first-admin.ts";
import { installGate, USUAL_LIMITS, type RequestLimits } from "#/access/gate.ts";
import { hashSecret } from "#/access/secret-text.ts";
import { createRequestCounter } from "#/access/request-counter.ts";
import { installAuth } from "#/access/install-auth.ts";
import { openKeyCache } from "#/access/key-cache.ts";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { installApi } from "#/api/install-api.ts";
import { createShortcut } from "#/api/shortcut.ts";
import { BOOK_CHANNEL } from "#/book/settle-rates.ts";
import { openMetrics } from "#/open-metrics.ts";
import { systemClock, type Clock } from "#/platform/clock.ts";
import { installCompression } from "#/platform/compress-answers.ts";
import { describeCaller } from "#/access/find-holder.ts";
import { logRequests } from "#/platform/log-requests.ts";
import { createHttp, type SlowestClient } from "#/platform/http.ts";
import { installHealth } from "#/platform/health.ts";
import { installMetrics } from "#/platform/install-metrics.ts";
import { createLifecycle } from "#/platform/lifecycle.ts";
import { createLog } from "#/platform/log.ts";
import { measureHttp } from "#/platform/measure-http.ts";
import type { Metrics } from "#/platform/metrics.ts";
import { traceRequests } from "#/platform/trace-requests.ts";
import { openNotificationHub } from "#/platform/notification-hub.ts";
import { createFetchSource } from "#/sources/fetch-source.ts";
import { createAnswerCache } from "#/serve/answer-cache.ts";
import { openExportStore } from "#/serve/export-store.ts";
import { createFindPresent } from "#/serve/find-present.ts";
import { measureSnapshot } from "#/serve/measure-snapshot.ts";
import { openPastReader } from "#/serve/past-reader.ts";
import { openSnapshot } from "#/serve/snapshot.ts";
import { fetchPayload } from "#/sources/guarded-fetch.ts";
import { SYNC_EVENT_CHANNEL } from "#/sync/events/append-event.ts";
import { openEventFeed } from "#/sync/events/event-feed.ts";
import type { SyncWorld } from "#/testing/sync-world.ts";

export const DOORS_KEY = "a-bootstrap-key-of-some-length";
/** `AUTH_SECRET` there. */
export const DOORS_SECRET = "s".repeat(40);
export const DOORS_LOGIN = { email: "ann@example.com", password: "correct horse battery" };

type Options = Readonly<{
  limits?: Partial<RequestLimits>;
  publicUrl?: string;
  /** Where the past is read; the world's own database when absent. */
  replicaUrl?: string;
  log?: Logger;
  staleMs?: number;
  /** Tells how old the prices in memory are. */
  clock?: Pick<Clock, "monotonicMs">;
  slowest?: SlowestClient;
  /** Those of the world; a registry of its own when absent. */
  metrics?: Metrics;
  /** Makes spans of requests; the test has opened where they are sent. */
  traces?: boolean;
}>;

/** The whole HTTP face of a world, pages apart: gate, sign-in, health, tRPC and REST. */
export async function openDoors(world: SyncWorld, options: Options = {}) {
  const {
    limits = {},
    publicUrl,
    log = createLog("silent"),
    staleMs = 600_000,
    clock = systemClock,
    slowest,
  } = options;
  const auth = createAuth({ db: world.db, secret: DOORS_SECRET, publicUrl });
  await ensureFirstAdmin({ db: world.db, auth }, DOORS_LOGIN);
  const hub = openNotificationHub({ url: world.url, channels: [SYNC_EVENT_CHANNEL, BOOK_CHANNEL, KEYS_CHANNEL], log });
  const prices = await openSnapshot({ db: world.db, hub, clock, log, staleMs });
  const exports = openExportStore({ databaseUrl: world.url });
  const primary = { db: world.db, url: world.url };
  const past = openPastReader({ primary, replicaUrl: options.replicaUrl, clock: systemClock, log });
  const keys = openKeyCache({ db: world.db, hub, staleMs });
  const answers = createAnswerCache();
  const bootstrapDigest = hashSecret(DOORS_KEY);
  const most = { ...USUAL_LIMITS, unknown: 10_000, guesses: 1_000, ...limits };
  const priceReads = createRequestCounter(most.priceReads);
  const lifecycle = createLifecycle();
  const metrics = options.metrics ?? (await openMetrics({ databaseUrl: world.url, role: "web", log, lifecycle }));
  const http = measureHttp(metrics);
  const app = createHttp(log, {
    shortcut: http.around(createShortcut({ keys, bootstrapDigest, prices, answers, priceReads })),
    isBehindProxy: publicUrl?.startsWith("https:") ?? false,
    ...(slowest === undefined ? {} : { slowest }),
  });
  http.watch(app);
  if (options.traces === true) traceRequests(app);
  logRequests(app, { log, describe: describeCaller });
  const routes: { method: string; url: string; action: string | undefined }[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    for (const one of [method].flat()) routes.push({ method: one, url, action: config?.action });
  });
  await installCompression(app);
  await installGate(app, {
    find: (request) => findPrincipal({ keys, auth, bootstrapDigest }, request),
    priceReads,
    limits: most,
  });
  installHealth(app, { db: world.db, prices, isDraining: () => false });
  measureSnapshot(metrics, prices);
  installMetrics(app, metrics);
  await installAuth(app, { db: world.db, auth });
  const draining = new AbortController();
  const fetchSource = createFetchSource({ fetchPayload, allowPrivateNetwork: true, readSecret: () => undefined });
  const feed = openEventFeed({ db: world.db, hub, log });
  const alerts: AlertDeps = {
    db: world.db,
    deliveries: await world.queues.open(DELIVERY_QUEUE),
    secret: DOORS_SECRET,
    allowPrivateNetwork: true,
    publicUrl,
    log,
  };
  const { db, queue } = world;
  const credentials = openCredentialWatch({ db, clock: systemClock, log });
  await installApi(app, {
    db,
    auth,
    feed,
    queue,
    fetchSource,
    alerts,
    credentials,
    prices,
    exports,
    past,
    answers,
    findPresent: createFindPresent(prices),
    hasBootstrapKey: true,
    draining: draining.signal,
  });
  app.get("/*", () => "a page");
  await app.ready();
  return {
    app,
    prices,
    /** Every route there is, with its name in the role table. */
    routes,
    /** Listens on a free port of loopback; answers the address. */
    async listen(): Promise<string> {
      await app.listen({ host: "127.0.0.1", port: 0 });
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    },
    async close(): Promise<void> {
      draining.abort();
      await app.close();
      await credentials.stop();
      await prices.close();
      await exports.close();
      await past.close();
      await hub.close();
      await lifecycle.close();
    },
  };
}
