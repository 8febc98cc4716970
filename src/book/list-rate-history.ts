import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { rateChange } from "#/book/list-rate-changes.ts";
import { RATE_SOURCES } from "#/book/rate-columns.ts";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { all, isSameKey, rateKeys } from "#/book/rates-at.ts";
import { readSellers } from "#/book/read-sellers.ts";
import type { Db } from "#/platform/database.ts";
import { canonicalVariant } from "#/price/variant.ts";
import { METERS } from "#/terms/meter.ts";

/** One piece of a rate's timeline, beside what counted before it. */
export const rateHistoryEntry = rateChange.extend({
  /** Where the next piece begins; null when none has begun yet. */
  validTo: z.string().nullable(),
  /** For a day after the book came to know of it. */
  announced: z.boolean(),
  /** When the book came to know better: it counts only for questions as known before. */
  withdrawnAt: z.string().nullable(),
  /** The meters that were pinned; null among them stands for a pin of the whole offer. */
  pinnedMeters: z.array(z.enum(METERS).nullable()),
});
export type RateHistoryEntry = z.infer<typeof rateHistoryEntry>;

type Input = Readonly<{ model: string; seller?: string | undefined; variant?: string | undefined; limit: number }>;

/** Every price that ever was in force for matching rates, or was announced, by the instant from which it counts, newest first. */
export async function listRateHistory(db: Db, { model, seller, variant, limit }: Input): Promise<RateHistoryEntry[]> {
  const filters: SQL[] = [];
  if (seller !== undefined) filters.push(sql`r.seller = ${(await readSellers(db)).identityOf(seller)}`);
  if (variant !== undefined) filters.push(sql`r.variant = ${canonicalVariant(variant)}`);
  const newest = sql`order by r.valid_from desc nulls last, r.id desc limit ${limit}`;
  const rows = await db.execute(sql`
    select r.id::text, v.version::text, r.seller, r.model, r.variant, r.state, r.charges, b.state as "previousState",
      b.charges as "previousCharges", ${RATE_SOURCES} as "from", to_json(r.valid_from) #>> '{}' as "effectiveAt",
      to_json(r.valid_to) #>> '{}' as "validTo", to_json(v.at) #>> '{}' as "observedAt", r.cause, v.job_id as "jobId",
      v.actor, v.reason, r.valid_from > v.at as announced, to_json(w.at) #>> '{}' as "withdrawnAt",
      ${PINNED_METERS} as "pinnedMeters"
    from (
      select r.* from (${rateKeys([sql`r.model = ${model}`])}) k cross join lateral (
        select r.* from rates r where ${isSameKey("r", "k")} and not (r.version_to is not null and ${IS_WRITTEN_AGAIN}) ${newest}) r
      where ${all(filters)} ${newest}) r
    join book_versions v on v.version = r.version_from left join book_versions w on w.version = r.version_to
    left join lateral (
      select b.state, b.charges from rates b
      where ${isSameKey("b", "r")} and b.valid_from < r.valid_from
        and b.version_from <= r.version_from and (b.version_to is null or b.version_to > r.version_from)
      order by b.valid_from desc nulls last limit 1) b on true
    ${newest}`);
  const entries = z.array(rateHistoryEntry.omit({ monthlyImpactUsd: true })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    entries.map((entry) => ({ ...entry, before: entry.previousCharges ?? [], after: entry.charges })),
  );
  return entries.map((entry, index) => ({ ...entry, monthlyImpactUsd: impacts[index] ?? null }));
}

/** The meters of a rate `r` that pins answer for; a JSON null for a pin of the whole offer. */
const PINNED_METERS = sql`(select coalesce(json_agg(distinct meter), '[]')
  from jsonb_array_elements(r.origins) o
    cross join jsonb_array_elements(case jsonb_typeof(o -> 'meters') when 'array' then o -> 'meters' else '[null]' end) meter
  where o ->> 'pinId' is not null)`;

/** The version that closed a row says the same from the same instant on: only its end is another one, or its day has come. */
const IS_WRITTEN_AGAIN = sql`exists (select from rates c
  where (c.model, c.seller, c.variant, c.valid_from, c.version_from) = (r.model, r.seller, r.variant, r.valid_from, r.version_to)
    and c.fingerprint = r.fingerprint)`;
