import { eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { sources } from "#/sources/schema.ts";

type Input = Readonly<{
  name: string;
  /** The thresholds that differ from the guard's defaults; they replace those set before. */
  guard: Readonly<Record<string, unknown>>;
  reason: string;
}>;

/** Sets how a source is judged, with a reason that is kept. Throws `NOT_FOUND`. */
export async function tuneSource(db: Db, actor: Principal, { name, guard, reason }: Input): Promise<SourceView> {
  return db.transaction(async (tx) => {
    const before = await findSource(tx, name);
    if (before === undefined) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
    // What is held is judged by the new thresholds with the next payload, the same one or another.
    await tx.update(sources).set({ guard, judgedPeers: null }).where(eq(sources.name, name));
    await recordAudit(tx, actor, {
      action: "sources.tune",
      target: name,
      reason,
      before: { guard: before.guard },
      after: { guard },
    });
    return { ...before, guard };
  });
}
