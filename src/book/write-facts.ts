import { sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import type { Offer } from "#/price/offer.ts";

type Stated = Pick<Offer, "listing" | "facts">;

/**
 * Keeps what a payload says of its listings beside their prices, and writes only what has changed: in one statement, and no
 * version of the book. A listing that the payload does not carry keeps its facts until it is delisted: call this when that is
 * written. `observedAt` is ISO 8601 in UTC.
 */
export async function writeFacts(
  tx: Tx,
  { source, observedAt }: Readonly<{ source: string; observedAt: string }>,
  offers: readonly Stated[],
): Promise<void> {
  const byListing = new Map(offers.map(({ listing, facts = {} }) => [listing, facts]));
  const rows = [...byListing].map(([listing, facts]) => ({ listing, facts }));
  await tx.execute(sql`
    with stated as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row(listing text, facts jsonb)),
    gone as (
      select f.listing, '{}'::jsonb as facts from listing_facts f
      where f.source = ${source} and f.facts <> '{}' and not exists (select from stated s where s.listing = f.listing)
        and not exists (select from model_pricing m
          where (m.source, m.listing) = (f.source, f.listing) and m.delisted_at is null)),
    last as (select coalesce(max(revision), 0) as revision from listing_facts where source = ${source})
    insert into listing_facts (source, listing, facts, observed_at, revision)
    select ${source}, s.listing, s.facts, ${observedAt}::timestamptz, last.revision + 1
    from (select * from stated union all select * from gone) s cross join last
      left join listing_facts f on f.source = ${source} and f.listing = s.listing
    where s.facts is distinct from coalesce(f.facts, '{}')
    on conflict (source, listing) do update
      set facts = excluded.facts, observed_at = excluded.observed_at, revision = excluded.revision`);
}
