import { eq } from "drizzle-orm";
import { authUsers } from "#/access/schema.ts";
import type { Check } from "#/platform/check-database.ts";
import type { Db } from "#/platform/database.ts";

/** Whether somebody can sign in who may do everything. */
export async function checkAdmin(db: Db): Promise<Check> {
  const admins = await db.$count(authUsers, eq(authUsers.role, "admin"));
  if (admins > 0) return { name: "admin", passed: true, words: `${admins} may do everything` };
  const words =
    (await db.$count(authUsers)) === 0
      ? "Nobody has an account. The next start makes the first one, with ADMIN_EMAIL and ADMIN_PASSWORD, or made up and printed once"
      : "Nobody is an admin any more. Set ADMIN_API_KEY, start again, and invite one through the API with that key";
  return { name: "admin", passed: false, words };
}
