import { eq } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { sources } from "#/sources/schema.ts";

/** Decides whether syncs of "all sources" include it. Throws `NOT_FOUND`. */
export async function enableSource(db: Db, { name, enabled }: { name: string; enabled: boolean }): Promise<SourceView> {
  await db.update(sources).set({ enabled }).where(eq(sources.name, name));
  const source = await findSource(db, name);
  if (source === undefined) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
  return source;
}
