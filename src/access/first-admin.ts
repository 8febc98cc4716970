import { randomBytes } from "node:crypto";
import { count } from "drizzle-orm";
import type { Auth } from "#/access/auth.ts";
import { authUsers } from "#/access/schema.ts";
import type { Db } from "#/platform/database.ts";

type Input = Readonly<{ email: string | undefined; password: string | undefined }>;

/** Shown once to whoever starts the server; only its hash is kept. */
export type NewLogin = Readonly<{ email: string; password: string }>;

/** Creates the first admin when nobody has an account yet; answers the login when a password had to be invented. */
export async function ensureFirstAdmin(deps: { db: Db; auth: Auth }, input: Input): Promise<NewLogin | undefined> {
  const [users] = await deps.db.select({ count: count() }).from(authUsers);
  if ((users?.count ?? 0) > 0) return undefined;
  const email = (input.email ?? "admin@ratebook.local").toLowerCase();
  const password = input.password ?? randomBytes(12).toString("base64url");
  const { internalAdapter, password: passwords } = await deps.auth.$context;
  const user = await internalAdapter.createUser(
    { email, name: "Admin", emailVerified: true, role: "admin" },
    { method: "email-password" },
  );
  await internalAdapter.linkAccount({
    userId: user.id,
    accountId: user.id,
    providerId: "credential",
    password: await passwords.hash(password),
  });
  return input.password === undefined ? { email, password } : undefined;
}
