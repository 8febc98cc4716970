import { createAuth } from "#/access/auth.ts";
import { openCredentialWatch } from "#/access/credential-watch.ts";
import { findPrincipal } from "#/access/find-principal.ts";
import { ensureFirstAdmin, type NewLogin } from "#/access/first-admin.ts";
import { installGate } from "#/access/gate.ts";
import { installAuth } from "#/access/install-auth.ts";
import { installApi } from "#/api/install-api.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import type { Config } from "#/config.ts";
import { systemClock } from "#/platform/clock.ts";
import { installHealth } from "#/platform/health.ts";
import { createHttp } from "#/platform/http.ts";
import type { Lifecycle } from "#/platform/lifecycle.ts";
import { openNextPages } from "#/platform/next-pages.ts";
import { openNotificationHub } from "#/platform/notification-hub.ts";
import { SYNC_EVENT_CHANNEL } from "#/sync/events/append-event.ts";
import { openEventFeed } from "#/sync/events/event-feed.ts";

export type ServeDeps = Omit<ApiDeps, "auth" | "feed" | "credentials"> &
  Readonly<{ config: Config; databaseUrl: string; isDevelopment: boolean; lifecycle: Lifecycle }>;

export type Served = Readonly<{
  address: string;
  /** A login that was made just now and is told this once. */
  newLogin: NewLogin | undefined;
}>;

/** Everything that answers requests: gate, sign-in, health, tRPC, REST and pages. Closed by `lifecycle`. */
export async function serve({ config, databaseUrl, isDevelopment, lifecycle, ...deps }: ServeDeps): Promise<Served> {
  const { db, draining } = deps;
  const { log, secret } = deps.alerts;
  const auth = createAuth({ db, secret, publicUrl: config.publicUrl });
  const newLogin = await ensureFirstAdmin({ db, auth }, { email: config.adminEmail, password: config.adminPassword });
  const hub = openNotificationHub({ url: databaseUrl, channels: [SYNC_EVENT_CHANNEL], log });
  lifecycle.onClose("notifications", hub.close);

  const credentials = openCredentialWatch({ db, clock: systemClock, log });
  lifecycle.onClose("credentials of streams", credentials.stop);

  // TLS ends at a proxy in front of us; it alone says whose request it passes on.
  const app = createHttp(log, { isBehindProxy: config.publicUrl?.startsWith("https:") ?? false, isDevelopment });
  await installGate(app, {
    find: (request) => findPrincipal({ db, auth, bootstrapKey: config.adminApiKey }, request),
  });
  installHealth(app, { db, isDraining: () => draining.aborted });
  await installAuth(app, { db, auth });
  await installApi(app, { ...deps, auth, credentials, feed: openEventFeed({ db, hub, log }) });
  const pages = await openNextPages(app, { dev: isDevelopment });
  lifecycle.onClose("pages", pages.close);
  lifecycle.onClose("http", () => app.close());
  const address = await app.listen({ port: config.port, host: config.host });
  return { address: config.publicUrl ?? address, newLogin };
}
