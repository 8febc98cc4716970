import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { apiKeys } from "#/access/schema.ts";
import { hashSecret, newSecret } from "#/access/secret-text.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { ROLES, type Role } from "#/terms/role.ts";

/** Told when a key has been revoked. */
export const KEYS_CHANNEL = "ratebook_keys";

const PREFIX = "rbk_";
const SHOWN = PREFIX.length + 4;
/** Whose name it is: the key of the environment. */
const RESERVED = "bootstrap";

export const keyView = z.object({
  id: z.string(),
  name: z.string(),
  start: z.string(),
  role: z.enum(ROLES),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokedBy: z.string().nullable(),
  /** It opens doors now. */
  isGood: z.boolean(),
});

/** It opens doors now. */
const IS_GOOD = sql<boolean>`revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`;

/** All keys, the newest first; what they are is known to nobody. */
export async function listKeys(db: Db): Promise<z.infer<typeof keyView>[]> {
  const rows = await db.select({ key: apiKeys, isGood: IS_GOOD }).from(apiKeys).orderBy(desc(apiKeys.createdAt));
  return rows.map(({ key, isGood: good }) => ({
    id: key.id,
    name: key.name,
    start: key.start,
    role: key.role,
    createdBy: key.createdBy,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    revokedBy: key.revokedBy,
    isGood: good,
  }));
}

type NewKey = Readonly<{ name: string; role: Role; days?: number | undefined }>;

/** Makes a key that is good for so many days, or until it is revoked; it is told this once. Throws `CONFLICT`. */
export async function createKey(
  db: Db,
  actor: Principal,
  { name, role, days }: NewKey,
): Promise<{ id: string; key: string }> {
  if (name === RESERVED) throw new AppError("CONFLICT", `"${RESERVED}" names the key of the environment`);
  const key = newSecret(PREFIX);
  return db.transaction(async (tx) => {
    const [made] = await tx
      .insert(apiKeys)
      .values({
        name,
        role,
        hash: hashSecret(key),
        start: key.slice(0, SHOWN),
        createdBy: actor.label,
        expiresAt: days === undefined ? null : sql`now() + ${days} * interval '1 day'`,
      })
      .onConflictDoNothing()
      .returning({ id: apiKeys.id, expiresAt: apiKeys.expiresAt });
    if (made === undefined)
      throw new AppError(
        "CONFLICT",
        `There is, or was, a key called "${name}". Names are not used twice, since the audit log names keys`,
      );
    await recordAudit(tx, actor, {
      action: "access.createKey",
      target: name,
      after: { role, expiresAt: made.expiresAt?.toISOString() ?? null },
    });
    return { id: made.id, key };
  });
}

/** The key opens nothing from now on. Throws `NOT_FOUND` when there is none that was good. */
export async function revokeKey(
  db: Db,
  actor: Principal,
  { name, reason }: { name: string; reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const revoked = await tx
      .update(apiKeys)
      .set({ revokedAt: sql`clock_timestamp()`, revokedBy: actor.label })
      .where(and(eq(apiKeys.name, name), isNull(apiKeys.revokedAt)))
      .returning({ role: apiKeys.role });
    const [before] = revoked;
    if (before === undefined) throw new AppError("NOT_FOUND", `There is no active key called "${name}"`);
    await recordAudit(tx, actor, { action: "access.revokeKey", target: name, reason, before });
    await tx.execute(sql`select pg_notify(${KEYS_CHANNEL}, '')`);
  });
}

/** Of these keys, those that are good now, with their roles. */
export async function listGoodKeys(db: Db, ids: readonly string[]): Promise<Map<string, Role>> {
  const rows = await db
    .select({ id: apiKeys.id, role: apiKeys.role })
    .from(apiKeys)
    .where(and(inArray(apiKeys.id, [...ids]), IS_GOOD));
  return new Map(rows.map(({ id, role }) => [id, role]));
}

/** Whose key has this digest, if it is good now. Notes, to the minute, that it was used. */
export async function findKey(db: Db, digest: string): Promise<Pick<Principal, "id" | "label" | "role"> | undefined> {
  const [found] = await db.execute<{ id: string; name: string; role: Role }>(sql`
    with found as (
      select id, name, role from api_keys
      where hash = ${digest} and ${IS_GOOD}),
    used as (
      update api_keys k set last_used_at = clock_timestamp() from found
      where k.id = found.id and (k.last_used_at is null or k.last_used_at < clock_timestamp() - interval '1 minute'))
    select id::text, name, role from found`);
  return found && { id: found.id, label: `key:${found.name}`, role: found.role };
}
