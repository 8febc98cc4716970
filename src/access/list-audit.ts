import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";

export const auditEntry = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  /** Where the request came from. */
  address: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  reason: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
});

export const auditFilter = z.object({
  actor: z.string().max(300).optional(),
  /** A procedure's name, or the beginning of one. */
  action: z.string().max(100).optional(),
  search: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** The last entry of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  limit: z.int().min(1).max(1_000).default(100),
});

/** Who changed what, the newest first; page by cursor. */
export async function listAudit(
  db: Db,
  { actor, action, search, from, to, cursor, limit }: z.infer<typeof auditFilter>,
): Promise<{ entries: z.infer<typeof auditEntry>[]; nextCursor: string | null }> {
  const like = (text: string) => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
  const conditions = [
    ...(actor === undefined ? [] : [sql`actor = ${actor}`]),
    ...(action === undefined ? [] : [sql`action like ${`${like(action)}%`}`]),
    ...(search === undefined ? [] : [sql`concat_ws(' ', actor, target, reason) ilike ${`%${like(search)}%`}`]),
    ...(from === undefined ? [] : [sql`at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`at < ${to}::timestamptz`]),
    ...(cursor === undefined ? [] : [sql`id < ${cursor}::bigint`]),
    sql`true`,
  ];
  const rows = await db.execute(sql`
    select id::text, to_json(at) #>> '{}' as at, actor, address, action, target, reason, before, after
    from audit_log where ${sql.join(conditions, sql` and `)} order by audit_log.id desc limit ${limit + 1}`);
  const entries = z.array(auditEntry).parse([...rows].slice(0, limit));
  return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
}
