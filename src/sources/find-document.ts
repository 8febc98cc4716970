import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { DocumentKind } from "#/sources/documents/document.ts";
import { getPayload } from "#/sources/store-payload.ts";

/** The last good payload of a source. */
export type SourceDocument = Readonly<{
  source: string;
  digest: string;
  text: string;
  options: Readonly<Record<string, unknown>>;
}>;

/** The last good document of the first source of a kind by rank, enabled ones first; `undefined` when no source has one. */
export async function findDocument(db: Db, kind: DocumentKind): Promise<SourceDocument | undefined> {
  const [row] = await db.execute<{ source: string; digest: string; options: Record<string, unknown> }>(sql`
    select s.name as source, s.applied_digest as digest, s.options from sources s join source_payloads p on p.digest = s.applied_digest
    where s.kind = ${kind} order by not s.enabled, source_rank(s.name), s.name limit 1`);
  return row && { ...row, text: (await getPayload(db, row.digest)).text };
}
