import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { sources } from "#/sources/schema.ts";

/** The sources that need no key, in the order of rank. */
const KEYLESS_KINDS = ["litellm", "models-dev", "openrouter", "genai-prices"] as const satisfies readonly SourceKind[];

type SeedUrls = Partial<Record<SourceKind, string>>;

/** Gives a new book its first sources. With `urls` (a market on another port each time) known ones move there. */
export async function seedSources(db: Db, urls?: SeedUrls): Promise<void> {
  const known = await db.$count(sources);
  if (known > 0 && urls === undefined) return;
  const rows = KEYLESS_KINDS.map((kind) => ({
    name: kind,
    kind,
    url: urls?.[kind] ?? adapterFor(kind).defaultUrl,
  }));
  const insert = db.insert(sources).values(rows);
  await (urls === undefined
    ? insert.onConflictDoNothing()
    : insert.onConflictDoUpdate({ target: sources.name, set: { url: sql`excluded.url`, retryAfter: null } }));
}
