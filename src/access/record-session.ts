import { eq } from "drizzle-orm";
import { nameBrowser } from "#/access/name-browser.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { authUsers } from "#/access/schema.ts";
import type { Db } from "#/platform/database.ts";

type Session = Readonly<{ userId: string; userAgent?: string | null | undefined }>;

/** Records that somebody came or went, for the auth library, which makes and ends sessions in transactions of its own. */
export async function recordSession(
  db: Db,
  action: "access.signIn" | "access.signOut",
  { userId, userAgent }: Session,
  address: string | undefined,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [user] = await tx.select().from(authUsers).where(eq(authUsers.id, userId));
    // Whoever was removed at the same moment has no session left either.
    if (user === undefined) return;
    const { email: label, role } = user;
    const browser = { browser: nameBrowser(userAgent ?? "") };
    const change = action === "access.signIn" ? { after: browser } : { before: browser };
    await recordAudit(tx, { kind: "user", id: userId, label, role, address }, { action, target: label, ...change });
  });
}
