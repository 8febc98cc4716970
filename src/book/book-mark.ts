import { sql, type SQL } from "drizzle-orm";
import { FACTS_MARK } from "#/book/facts-of-rates.ts";
import type { Db } from "#/platform/database.ts";

/** Where the present book stands. Two equal marks mean equal answers. */
export type BookMark = Readonly<{
  version: string;
  /** Names the prices in force: the version, its instant, and the newest announced price that has come into force since. */
  mark: string;
  /** Names all else that exports are made of: the sources' last good documents, their ranks, the spellings of sellers. */
  documents: string;
  /** Names what catalogues say beside prices, which is of no version. */
  facts: string;
  /** The database's instant (ISO 8601, UTC). */
  now: string;
  /** In how many milliseconds the next announced price comes into force; null when none is known. */
  nextDueMs: number | null;
}>;

/** A value, as the driver has a statement without any planned anew each time, and this one is asked every second. */
const MS_PER_SECOND = 1_000;

export async function readBookMark(db: Db): Promise<BookMark> {
  const [row] = await db.execute<BookMark>(sql`
    select v.version::text, to_json(t.now) #>> '{}' as now, d.documents, ${FACTS_MARK} as facts,
      concat_ws('-', concat(v.version, '.', ${micros(sql`v.at`)}), ${micros(sql`due.at`)}) as mark,
      ceil(extract(epoch from due.next - t.now) * ${MS_PER_SECOND})::int8::float8 as "nextDueMs"
    from (select clock_timestamp() as now) t,
      (select coalesce(max(version), 0) as version, max(at) as at from (
        select version, at from book_versions order by version desc limit 1) newest) v,
      lateral (select max(r.valid_from) filter (where r.valid_from <= t.now and r.valid_from > v.at) as at,
          min(r.valid_from) filter (where r.valid_from > t.now) as next
        from rates r where not r.is_news and r.version_to is null and r.valid_to is null
          and r.valid_from > least(v.at, t.now)) due,
      (select md5(concat_ws(' ', string_agg(concat_ws(' ', name, kind, enabled, applied_digest), ',' order by name),
          (select max(id) from source_orders), (select count(*) from seller_spellings))) as documents from sources) d`);
  if (row === undefined) throw new Error("the database did not say where the book stands");
  return row;
}

/** A mark of a book that was restored from a backup since is of another past. */
export async function isKnownMark(db: Db, { version, mark }: BookMark): Promise<boolean> {
  const [row] = await db.execute<{ at: string }>(sql`
    select ${micros(sql`at`)} as at from book_versions where version = ${version}::bigint`);
  return row !== undefined && mark.split("-")[0] === `${version}.${row.at}`;
}

function micros(instant: SQL): SQL {
  return sql`(extract(epoch from ${instant}) * 1000000)::bigint`;
}
