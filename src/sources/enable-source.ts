import { and, eq, ne } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { sources } from "#/sources/schema.ts";

/** Decides whether syncs of "all sources" include it; the reason stands in the audit log. Throws `NOT_FOUND`. */
export async function enableSource(
  db: Db,
  actor: Principal,
  { name, enabled, reason }: { name: string; enabled: boolean; reason?: string },
): Promise<SourceView> {
  return db.transaction(async (tx) => {
    const moved = await tx
      .update(sources)
      .set({ enabled })
      .where(and(eq(sources.name, name), ne(sources.enabled, enabled)))
      .returning({ name: sources.name });
    const source = await findSource(tx, name);
    if (source === undefined) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
    if (moved.length > 0)
      await recordAudit(tx, actor, {
        action: enabled ? "sources.enable" : "sources.disable",
        target: name,
        ...(reason === undefined ? {} : { reason }),
        before: { enabled: !enabled },
        after: { enabled },
      });
    return source;
  });
}
