import { KEYS_CHANNEL } from "#/access/api-keys.ts";
import { createAuth } from "#/access/auth.ts";
import { openCredentialWatch } from "#/access/credential-watch.ts";
import { findPrincipal } from "#/access/find-principal.ts";
import { ensureFirstAdmin, type NewLogin } from "#/access/first-admin.ts";
import { installGate } from "#/access/gate.ts";
import { openKeyCache } from "#/access/key-cache.ts";
import { hashSecret } from "#/access/secret-text.ts";
import { createRequestCounter } from "#/access/request-counter.ts";
import { installAuth } from "#/access/install-auth.ts";
import { installApi } from "#/api/install-api.ts";
import { createShortcut } from "#/api/shortcut.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import type { Config } from "#/config.ts";
import { BOOK_CHANNEL } from "#/book/settle-rates.ts";
import { systemClock } from "#/platform/clock.ts";
import { openDatabase } from "#/platform/database.ts";
import { installHealth } from "#/platform/health.ts";
import { installCompression } from "#/platform/compress-answers.ts";
import { describeCaller } from "#/access/find-holder.ts";
import { logRequests } from "#/platform/log-requests.ts";
import { createHttp } from "#/platform/http.ts";
import type { Lifecycle } from "#/platform/lifecycle.ts";
import { installMetrics } from "#/platform/install-metrics.ts";
import { measureHttp } from "#/platform/measure-http.ts";
import type { Metrics } from "#/platform/metrics.ts";
import { openNextPages } from "#/platform/next-pages.ts";
import { openNotificationHub, type NotificationHub } from "#/platform/notification-hub.ts";
import { createAnswerCache } from "#/serve/answer-cache.ts";
import { openExportStore } from "#/serve/export-store.ts";
import { createFindPresent } from "#/serve/find-present.ts";
import { measureSnapshot } from "#/serve/measure-snapshot.ts";
import { openPastReader } from "#/serve/past-reader.ts";
import { openSnapshot } from "#/serve/snapshot.ts";
import { SYNC_EVENT_CHANNEL } from "#/sync/events/append-event.ts";
import { openEventFeed } from "#/sync/events/event-feed.ts";

export type ServeDeps = Omit<
  ApiDeps,
  "auth" | "feed" | "credentials" | "prices" | "exports" | "past" | "answers" | "findPresent" | "hasBootstrapKey"
> &
  Readonly<{ config: Config; databaseUrl: string; metrics: Metrics; isDevelopment: boolean; lifecycle: Lifecycle }>;

export type Served = Readonly<{
  address: string;
  /** A login that was made just now and is told this once. */
  newLogin: NewLogin | undefined;
}>;

/** Longer than reading the whole book takes until its first row comes. */
const FOLLOWING_SILENCE_MS = 10_000;

/** Everything that answers requests: gate, sign-in, health, tRPC, REST and pages. Closed by `lifecycle`. */
export async function openWeb(opening: ServeDeps): Promise<Served> {
  const { config, databaseUrl, metrics, isDevelopment, lifecycle, ...deps } = opening;
  const { db, draining } = deps;
  const { log, secret } = deps.alerts;
  const auth = createAuth({ db, secret, publicUrl: config.publicUrl });
  const newLogin = await ensureFirstAdmin({ db, auth }, { email: config.adminEmail, password: config.adminPassword });
  const channels = [SYNC_EVENT_CHANNEL, BOOK_CHANNEL, KEYS_CHANNEL];
  const hub = openNotificationHub({ url: databaseUrl, channels, log });
  lifecycle.onClose("notifications", hub.close);

  const { staleMs, limits, adminApiKey } = config;
  const bootstrapDigest = adminApiKey === undefined ? undefined : hashSecret(adminApiKey);
  const { prices, exports, past } = await openReads(opening, hub);

  const credentials = openCredentialWatch({ db, clock: systemClock, log });
  lifecycle.onClose("credentials of streams", credentials.stop);

  // TLS ends at a proxy in front of us; it alone says whose request it passes on.
  const answers = createAnswerCache();
  const keys = openKeyCache({ db, hub, staleMs });
  const priceReads = createRequestCounter(limits.priceReads);
  const shortcut = createShortcut({ keys, bootstrapDigest, prices, answers, priceReads });
  const http = measureHttp(metrics);
  const app = createHttp(log, {
    isBehindProxy: config.publicUrl?.startsWith("https:") ?? false,
    isDevelopment,
    shortcut: http.around(shortcut),
  });
  http.watch(app);
  if (config.traces) (await import("#/platform/trace-requests.ts")).traceRequests(app);
  logRequests(app, { log, describe: describeCaller });
  await installCompression(app);
  await installGate(app, {
    find: (request) => findPrincipal({ keys, auth, bootstrapDigest }, request),
    priceReads,
    limits,
  });
  installHealth(app, {
    db,
    prices,
    findReplica: async () => past.health((await prices.read()).mark),
    isDraining: () => draining.aborted,
  });
  installMetrics(app, metrics);
  await installAuth(app, { db, auth });
  await installApi(app, {
    ...deps,
    auth,
    credentials,
    feed: openEventFeed({ db, hub, log }),
    prices,
    exports,
    past,
    answers,
    findPresent: createFindPresent(prices),
    hasBootstrapKey: bootstrapDigest !== undefined,
  });
  const pages = await openNextPages(app, { dev: isDevelopment });
  lifecycle.onClose("pages", pages.close);
  lifecycle.onClose("http", () => app.close());
  const address = await app.listen({ port: config.port, host: config.host });
  return { address: config.publicUrl ?? address, newLogin };
}

/** The present in memory, exports, and the past, each over connections of its own. */
async function openReads(opening: ServeDeps, hub: NotificationHub) {
  const { config, databaseUrl, db, metrics, lifecycle, alerts } = opening;
  const { log } = alerts;
  // What follows the book does not wait for a connection that other work holds.
  const following = openDatabase(databaseUrl, {
    max: 2,
    name: "prices",
    timeoutSeconds: 2,
    silenceMs: FOLLOWING_SILENCE_MS,
  });
  lifecycle.onClose("connections of the prices in memory", following.close);
  const prices = await openSnapshot({ db: following.db, hub, clock: systemClock, log, staleMs: config.staleMs });
  lifecycle.onClose("prices in memory", prices.close);
  measureSnapshot(metrics, prices);
  const exports = openExportStore({ databaseUrl });
  lifecycle.onClose("exports", exports.close);
  const past = openPastReader({
    primary: { db, url: databaseUrl },
    replicaUrl: config.databaseReadUrl,
    clock: systemClock,
    log,
  });
  lifecycle.onClose("connections to the read replica", past.close);
  return { prices, exports, past };
}
