import { and, desc, eq, gt, inArray, ne, sql } from "drizzle-orm";
import { z } from "zod";
import type { Auth } from "#/access/auth.ts";
import { nameBrowser } from "#/access/name-browser.ts";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { authAccounts, authSessions, authUsers } from "#/access/schema.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findRole, type Role } from "#/terms/role.ts";

export const sessionView = z.object({
  id: z.string(),
  startedAt: z.string(),
  expiresAt: z.string(),
  address: z.string().nullable(),
  /** As it names itself. */
  agent: z.string().nullable(),
  /** The same in a person's words. */
  browser: z.string(),
  isThis: z.boolean(),
});

const IS_GOOD = gt(authSessions.expiresAt, sql`clock_timestamp()`);

/** A person's own sessions that are good now, the newest first. A key has none. */
export async function listSessions(db: Db, actor: Principal): Promise<z.infer<typeof sessionView>[]> {
  const rows = await db
    .select()
    .from(authSessions)
    .where(and(eq(authSessions.userId, actor.id), IS_GOOD))
    .orderBy(desc(authSessions.createdAt));
  return rows.map((session) => {
    const agent = session.userAgent === "" ? null : session.userAgent;
    return {
      id: session.id,
      startedAt: session.createdAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      address: session.ipAddress === "" ? null : session.ipAddress,
      agent,
      browser: nameBrowser(session.userAgent ?? ""),
      isThis: session.id === actor.sessionId,
    };
  });
}

/** Of these sessions, those that are good now, with the roles of those whose they are. */
export async function listGoodSessions(db: Db, ids: readonly string[]): Promise<Map<string, Role | undefined>> {
  const rows = await db
    .select({ id: authSessions.id, role: authUsers.role })
    .from(authSessions)
    .innerJoin(authUsers, eq(authUsers.id, authSessions.userId))
    .where(and(inArray(authSessions.id, [...ids]), IS_GOOD));
  return new Map(rows.map(({ id, role }) => [id, findRole(role)]));
}

/** Ends one of a person's own sessions, at once. Throws `NOT_FOUND`. */
export async function revokeSession(db: Db, actor: Principal, { id }: { id: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const ended = await tx
      .delete(authSessions)
      .where(and(eq(authSessions.id, id), eq(authSessions.userId, actor.id)))
      .returning({ startedAt: authSessions.createdAt, address: authSessions.ipAddress, agent: authSessions.userAgent });
    const [session] = ended;
    if (session === undefined) throw new AppError("NOT_FOUND", "You have no such session");
    await recordAudit(tx, actor, { action: "access.revokeSession", target: actor.label, before: session });
  });
}

/** Sets a person's own password and ends all other sessions. Throws `INVALID` when the present one is wrong. */
export async function changePassword(
  { db, auth }: { db: Db; auth: Auth },
  actor: Principal,
  { present, next }: { present: string; next: string },
): Promise<void> {
  const passwords = await auth.findPasswords();
  const own = and(eq(authAccounts.userId, actor.id), eq(authAccounts.providerId, "credential"));
  const [account] = await db.select({ hash: authAccounts.password }).from(authAccounts).where(own);
  if (account === undefined || account.hash === null)
    throw new AppError("INVALID", "Only a person who signs in with a password can change it");
  if (!(await passwords.verify({ password: present, hash: account.hash })))
    throw new AppError("INVALID", "The current password is wrong. Nothing was changed");
  const hash = await passwords.hash(next);
  await db.transaction(async (tx) => {
    await tx
      .update(authAccounts)
      .set({ password: hash, updatedAt: sql`now()` })
      .where(own);
    await tx
      .delete(authSessions)
      .where(and(eq(authSessions.userId, actor.id), ne(authSessions.id, actor.sessionId ?? "")));
    await recordAudit(tx, actor, { action: "access.changePassword", target: actor.label });
  });
}
