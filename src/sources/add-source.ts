import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { readSettings, type SourceSettings } from "#/sources/read-settings.ts";
import { sources } from "#/sources/schema.ts";

type Input = SourceSettings & Readonly<{ name: string }>;

/**
 * Adds an enabled source, ranked last; without an address, the kind's own. Throws `CONFLICT` when the name is taken, and as
 * `readSettings` does.
 */
export async function addSource(db: Db, actor: Principal, { name, ...settings }: Input): Promise<SourceView> {
  const after = readSettings(settings);
  return db.transaction(async (tx) => {
    const added = await tx
      .insert(sources)
      .values({ name, ...after })
      .onConflictDoNothing()
      .returning({ name: sources.name });
    const source = await findSource(tx, name);
    if (added.length === 0 || source === undefined)
      throw new AppError("CONFLICT", `There is a source called "${name}" already`);
    await recordAudit(tx, actor, { action: "sources.add", target: name, after });
    return source;
  });
}
