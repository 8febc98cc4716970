import { randomUUID } from "node:crypto";
import { authAccounts, authUsers } from "#/access/schema.ts";
import type { Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Role } from "#/terms/role.ts";

type Input = Readonly<{ email: string; name: string; role: Role; hash: string }>;

/**
 * Writes somebody who signs in with an e-mail address and a password, as the auth library reads them. Answers their id.
 * Throws `CONFLICT` when the address has an account.
 */
export async function createAccount(tx: Tx, { email, name, role, hash }: Input): Promise<string> {
  const id = randomUUID();
  const made = await tx
    .insert(authUsers)
    .values({ id, email, name, role, emailVerified: true })
    .onConflictDoNothing({ target: authUsers.email })
    .returning({ id: authUsers.id });
  if (made.length === 0) throw new AppError("CONFLICT", `${email} has an account already`);
  await tx
    .insert(authAccounts)
    .values({ id: randomUUID(), userId: id, accountId: id, providerId: "credential", password: hash });
  return id;
}
