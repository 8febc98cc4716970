import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Auth } from "#/access/auth.ts";
import { createAccount } from "#/access/create-account.ts";
import { authUsers } from "#/access/schema.ts";
import type { Db } from "#/platform/database.ts";

type Input = Readonly<{ email: string | undefined; password: string | undefined }>;

/** Shown once to whoever starts the server; only its hash is kept. */
export type NewLogin = Readonly<{ email: string; password: string }>;

// Any number that nothing else in the database locks.
const FIRST_ADMIN_LOCK = 7_283_003;

/**
 * Creates the first admin when nobody has an account yet; answers the login when a password had to be made up. Of several
 * processes that start at once, one creates it.
 */
export async function ensureFirstAdmin(deps: { db: Db; auth: Auth }, input: Input): Promise<NewLogin | undefined> {
  return deps.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})`);
    if ((await tx.$count(authUsers)) > 0) return undefined;
    const email = (input.email ?? "admin@ratebook.local").toLowerCase();
    const password = input.password ?? randomBytes(12).toString("base64url");
    const passwords = await deps.auth.findPasswords();
    await createAccount(tx, { email, name: "Admin", role: "admin", hash: await passwords.hash(password) });
    return input.password === undefined ? { email, password } : undefined;
  });
}
