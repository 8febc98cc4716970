import { randomUUID } from "node:crypto";
import type { Role } from "#/access/principal.ts";
import { authAccounts, authUsers } from "#/access/schema.ts";
import type { Tx } from "#/platform/database.ts";

type Input = Readonly<{ email: string; name: string; role: Role; hash: string }>;

/** Writes somebody who signs in with an e-mail address and a password, as the auth library reads them. Answers their id. */
export async function createAccount(tx: Tx, { email, name, role, hash }: Input): Promise<string> {
  const id = randomUUID();
  await tx.insert(authUsers).values({ id, email, name, role, emailVerified: true });
  await tx
    .insert(authAccounts)
    .values({ id: randomUUID(), userId: id, accountId: id, providerId: "credential", password: hash });
  return id;
}
