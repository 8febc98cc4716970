import { randomBytes } from "node:crypto";
import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { alertEvent, type AlertEvent } from "#/alerts/alert-event.ts";
import { webhookDeliveries, webhookEndpoints } from "#/alerts/schema.ts";
import { seal } from "#/alerts/sealed-text.ts";
import { WEBHOOK_SHAPES, type WebhookShape } from "#/alerts/webhook-shape.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { refusePrivate } from "#/platform/guarded-agent.ts";
import { isAllowedAddress } from "#/platform/public-address.ts";

export const endpointView = z.object({
  id: z.string(),
  name: z.string(),
  /** Without the part that may be a credential. */
  url: z.string(),
  shape: z.enum(WEBHOOK_SHAPES),
  events: z.array(alertEvent),
  holdSeconds: z.number(),
  createdBy: z.string(),
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
  disabledReason: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
  /** The first failure since the last success. */
  failingSince: z.string().nullable(),
});
export type EndpointView = z.infer<typeof endpointView>;

type Endpoint = typeof webhookEndpoints.$inferSelect;

/** By name. */
export async function listEndpoints(db: Db): Promise<EndpointView[]> {
  const rows = await db.select().from(webhookEndpoints).orderBy(asc(webhookEndpoints.name));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    url: row.shownUrl,
    shape: row.shape,
    events: row.events,
    holdSeconds: row.holdSeconds,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    disabledReason: row.disabledReason,
    lastSuccessAt: row.lastSuccessAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
  }));
}

type NewEndpoint = Readonly<{
  name: string;
  url: string;
  shape: WebhookShape;
  events: readonly AlertEvent[];
  holdSeconds: number;
}>;
type Deps = Pick<AlertDeps, "db" | "secret" | "allowPrivateNetwork">;

/** The secret that signs what a `standard` endpoint is sent is told this once. Throws `INVALID` and `CONFLICT`. */
export async function addEndpoint(
  { db, secret, allowPrivateNetwork }: Deps,
  actor: Principal,
  { name, url, shape, events, holdSeconds }: NewEndpoint,
): Promise<{ id: string; signingSecret: string | null }> {
  const address = readAddress(url, allowPrivateNetwork);
  const signingSecret = shape === "standard" ? newSigningSecret() : null;
  const sealedSecret = signingSecret === null ? null : await seal(secret, signingSecret);
  const values = { name, shape, events: [...events], holdSeconds, sealedSecret, createdBy: actor.label };
  const sealedUrl = await seal(secret, address.href);
  const shownUrl = showAddress(address);
  return db.transaction(async (tx) => {
    const [made] = await tx
      .insert(webhookEndpoints)
      .values({ ...values, sealedUrl, shownUrl })
      .onConflictDoNothing()
      .returning({ id: webhookEndpoints.id });
    if (made === undefined) throw new AppError("CONFLICT", `There is a webhook called "${name}" already`);
    await recordAudit(tx, actor, {
      action: "alerts.addEndpoint",
      target: name,
      after: { url: shownUrl, shape, events, holdSeconds },
    });
    return { id: made.id, signingSecret };
  });
}

type Changes = Readonly<{ name: string; events: readonly AlertEvent[]; holdSeconds: number }>;

/** Throws `NOT_FOUND`. */
export async function updateEndpoint(db: Db, actor: Principal, { name, events, holdSeconds }: Changes): Promise<void> {
  await change(db, actor, { action: "alerts.updateEndpoint", name }, async (tx, { id, ...before }) => {
    await tx
      .update(webhookEndpoints)
      .set({ events: [...events], holdSeconds })
      .where(eq(webhookEndpoints.id, id));
    return {
      before: { events: before.events, holdSeconds: before.holdSeconds },
      after: { events, holdSeconds },
    };
  });
}

type Named = Readonly<{ name: string; reason: string }>;

/** Nothing is sent there from now on, and what was to be sent is given up. Throws `NOT_FOUND`. */
export async function disableEndpoint(db: Db, actor: Principal, { name, reason }: Named): Promise<void> {
  await change(db, actor, { action: "alerts.disableEndpoint", name, reason }, async (tx, { id, disabledAt }) => {
    await tx
      .update(webhookEndpoints)
      .set({ disabledAt: sql`clock_timestamp()`, disabledReason: reason })
      .where(and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.disabledAt)));
    await giveUpDeliveries(tx, id);
    return { before: { enabled: disabledAt === null }, after: { enabled: false } };
  });
}

/** It is told again, beginning with what is wrong now. Throws `NOT_FOUND`. */
export async function enableEndpoint(db: Db, actor: Principal, { name }: Pick<Named, "name">): Promise<void> {
  await change(db, actor, { action: "alerts.enableEndpoint", name }, async (tx, { id, disabledAt, disabledReason }) => {
    await tx
      .update(webhookEndpoints)
      .set({ disabledAt: null, disabledReason: null, failingSince: null })
      .where(and(eq(webhookEndpoints.id, id), isNotNull(webhookEndpoints.disabledAt)));
    return { before: { enabled: disabledAt === null, disabledReason }, after: { enabled: true } };
  });
}

const OVERLAP_HOURS = 24;

/** A new secret; for a day the old one signs beside it, so that a receiver can change over. Throws `NOT_FOUND`, `CONFLICT`. */
export async function rotateSecret(
  { db, secret }: Deps,
  actor: Principal,
  { name }: Pick<Named, "name">,
): Promise<{ signingSecret: string }> {
  const signingSecret = newSigningSecret();
  const sealedSecret = await seal(secret, signingSecret);
  await change(db, actor, { action: "alerts.rotateSecret", name }, async (tx, { id, shape }) => {
    if (shape !== "standard")
      throw new AppError("CONFLICT", `"${name}" is a ${shape} webhook; its address is its secret`);
    await tx
      .update(webhookEndpoints)
      .set({
        sealedSecret,
        sealedPreviousSecret: sql`sealed_secret`,
        previousUntil: sql`clock_timestamp() + ${OVERLAP_HOURS} * interval '1 hour'`,
      })
      .where(eq(webhookEndpoints.id, id));
    return {};
  });
  return { signingSecret };
}

/** It goes, with its deliveries; the audit log remembers it. Throws `NOT_FOUND`. */
export async function removeEndpoint(db: Db, actor: Principal, { name, reason }: Named): Promise<void> {
  await change(db, actor, { action: "alerts.removeEndpoint", name, reason }, async (tx, before) => {
    await tx.delete(webhookEndpoints).where(eq(webhookEndpoints.id, before.id));
    return { before: { url: before.shownUrl, shape: before.shape, events: before.events } };
  });
}

/** What was to be sent to an endpoint is not tried any more. */
export async function giveUpDeliveries(tx: Tx, endpointId: string): Promise<void> {
  await tx
    .update(webhookDeliveries)
    .set({ state: "failed", nextAttemptAt: null, completedAt: sql`clock_timestamp()` })
    .where(and(eq(webhookDeliveries.endpointId, endpointId), eq(webhookDeliveries.state, "pending")));
}

async function change(
  db: Db,
  actor: Principal,
  { name, ...audit }: { action: string; name: string; reason?: string },
  write: (tx: Tx, before: Endpoint) => Promise<{ before?: unknown; after?: unknown }>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select()
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.name, name))
      .for("no key update");
    if (found === undefined) throw new AppError("NOT_FOUND", `There is no webhook called "${name}"`);
    await recordAudit(tx, actor, { ...audit, target: name, ...(await write(tx, found)) });
  });
}

/** 24 bytes in base64 behind `whsec_`, as the Standard Webhooks specification asks. */
function newSigningSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

function readAddress(text: string, allowPrivateNetwork: boolean): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new AppError("INVALID", "The address must be a URL that begins with https:// or http://");
  if (url.username !== "" || url.password !== "")
    throw new AppError("INVALID", "The address carries credentials; receivers tell who sends by the signature");
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(literal) && !isAllowedAddress(literal, allowPrivateNetwork))
    throw new AppError("INVALID", refusePrivate(url.host).message);
  url.hash = "";
  return url;
}

const SHOWN_CHARACTERS = 4;

/** Whose address it is, and enough of its end to tell two of them apart. */
function showAddress({ origin, pathname, search }: URL): string {
  const path = `${pathname}${search}`;
  return path.length <= 2 * SHOWN_CHARACTERS ? `${origin}/…` : `${origin}/…${path.slice(-SHOWN_CHARACTERS)}`;
}
