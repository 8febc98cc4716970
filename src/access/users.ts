import { and, asc, count, eq, gt, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Auth } from "#/access/auth.ts";
import { createAccount } from "#/access/create-account.ts";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { authInvites, authUsers } from "#/access/schema.ts";
import { hashSecret, newSecret } from "#/access/secret-text.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { ROLES, type Role } from "#/terms/role.ts";

/** How long the link of an invite is good. */
const INVITE_DAYS = 7;
const SPENT = "This invitation was used, taken back, or is too old; ask for another one";

export const userView = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  createdAt: z.string(),
});
export const inviteView = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  invitedBy: z.string(),
  expiresAt: z.string(),
});

/** Everybody who can sign in, and who has been asked in and has not come yet. */
export async function listUsers(
  db: Db,
): Promise<{ users: z.infer<typeof userView>[]; invites: z.infer<typeof inviteView>[] }> {
  const users = await db.select().from(authUsers).orderBy(asc(authUsers.email));
  const invites = await db
    .select()
    .from(authInvites)
    .where(and(isNull(authInvites.acceptedAt), gt(authInvites.expiresAt, sql`clock_timestamp()`)))
    .orderBy(asc(authInvites.email));
  return {
    users: users.map(({ id, email, name, role, createdAt }) => ({
      id,
      email,
      name,
      role,
      createdAt: createdAt.toISOString(),
    })),
    invites: invites.map(({ id, email, role, invitedBy, expiresAt }) => ({
      id,
      email,
      role,
      invitedBy,
      expiresAt: expiresAt.toISOString(),
    })),
  };
}

/**
 * Asks somebody in; the secret is for a link that works once, within a week, and is told this once. A second invite of one
 * person takes the place of the first. Throws `CONFLICT` for somebody who has an account.
 */
export async function invite(
  db: Db,
  actor: Principal,
  { email, role }: { email: string; role: Role },
): Promise<{ secret: string }> {
  const address = email.toLowerCase();
  const secret = newSecret("");
  return db.transaction(async (tx) => {
    if ((await tx.$count(authUsers, eq(authUsers.email, address))) > 0)
      throw new AppError("CONFLICT", `${address} has an account already`);
    await tx.delete(authInvites).where(and(eq(authInvites.email, address), isNull(authInvites.acceptedAt)));
    await tx.insert(authInvites).values({
      email: address,
      role,
      hash: hashSecret(secret),
      invitedBy: actor.label,
      expiresAt: sql`now() + ${INVITE_DAYS} * interval '1 day'`,
    });
    await recordAudit(tx, actor, { action: "access.invite", target: address, after: { role } });
    return { secret };
  });
}

/** Makes the account that an invite promises. Throws `NOT_FOUND` when the link is spent, withdrawn or too old. */
export async function acceptInvite(
  { db, auth }: { db: Db; auth: Auth },
  { secret, name, password, address }: { secret: string; name: string; password: string; address: string },
): Promise<{ email: string }> {
  const isOpen = and(
    eq(authInvites.hash, hashSecret(secret)),
    isNull(authInvites.acceptedAt),
    gt(authInvites.expiresAt, sql`clock_timestamp()`),
  );
  // A password is costly to hash: not for whoever guesses.
  if ((await db.$count(authInvites, isOpen)) === 0) throw new AppError("NOT_FOUND", SPENT);
  const passwords = await auth.findPasswords();
  const hash = await passwords.hash(password);
  return db.transaction(async (tx) => {
    const [invited] = await tx
      .update(authInvites)
      .set({ acceptedAt: sql`clock_timestamp()` })
      .where(isOpen)
      .returning({ email: authInvites.email, role: authInvites.role });
    if (invited === undefined) throw new AppError("NOT_FOUND", SPENT);
    const { email, role } = invited;
    const id = await createAccount(tx, { email, name, role, hash });
    const actor: Principal = { kind: "user", id, label: email, role, address };
    await recordAudit(tx, actor, { action: "access.acceptInvite", target: email, after: { role } });
    return { email };
  });
}

/** Throws `NOT_FOUND`. */
export async function withdrawInvite(db: Db, actor: Principal, { id }: { id: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [gone] = await tx
      .delete(authInvites)
      .where(and(eq(authInvites.id, id), isNull(authInvites.acceptedAt)))
      .returning({ email: authInvites.email, role: authInvites.role });
    if (gone === undefined) throw new AppError("NOT_FOUND", "There is no such open invitation");
    await recordAudit(tx, actor, { action: "access.withdrawInvite", target: gone.email, before: { role: gone.role } });
  });
}

/** From the next request on. Throws `NOT_FOUND`, and `CONFLICT` for the last admin. */
export async function setRole(
  db: Db,
  actor: Principal,
  { userId, role, reason }: { userId: string; role: Role; reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const user = await lockUser(tx, userId);
    if (user.role === role) return;
    if (user.role === "admin") await refuseLastAdmin(tx);
    await tx
      .update(authUsers)
      .set({ role, updatedAt: sql`now()` })
      .where(eq(authUsers.id, userId));
    await recordAudit(tx, actor, {
      action: "access.setRole",
      target: user.email,
      reason,
      before: { role: user.role },
      after: { role },
    });
  });
}

/** Takes an account and its sessions away, at once; what it did stays in the record. Throws as `setRole` does. */
export async function removeUser(
  db: Db,
  actor: Principal,
  { userId, reason }: { userId: string; reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const user = await lockUser(tx, userId);
    if (user.role === "admin") await refuseLastAdmin(tx);
    await tx.delete(authUsers).where(eq(authUsers.id, userId));
    await recordAudit(tx, actor, {
      action: "access.removeUser",
      target: user.email,
      reason,
      before: { role: user.role },
    });
  });
}

// All admins are locked in one order: two who demote each other at once can't both succeed.
async function lockUser(tx: Tx, userId: string) {
  await tx.select().from(authUsers).where(eq(authUsers.role, "admin")).orderBy(asc(authUsers.id)).for("update");
  const [user] = await tx.select().from(authUsers).where(eq(authUsers.id, userId)).for("update");
  if (user === undefined) throw new AppError("NOT_FOUND", "There is no such account");
  return user;
}

async function refuseLastAdmin(tx: Tx): Promise<void> {
  const [admins] = await tx.select({ count: count() }).from(authUsers).where(eq(authUsers.role, "admin"));
  if ((admins?.count ?? 0) < 2) throw new AppError("CONFLICT", "This is the last admin; make another one first");
}
