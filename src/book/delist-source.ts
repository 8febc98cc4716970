import { sql } from "drizzle-orm";
import type { MovedOffer } from "#/book/put-in-force.ts";
import { settleMoved, type Settled } from "#/book/settle-rates.ts";
import type { Tx } from "#/platform/database.ts";

type Terms = Readonly<{ source: string; actor: string; reason: string }>;

/**
 * Takes all that a source lists out of the book from now on: its entries are delisted, what it has announced is withdrawn, what is
 * held of it resolves itself, and its facts go. The past stays as it is. Settles the rates; the caller holds the source's lock.
 */
export async function delistSource(tx: Tx, { source, actor, reason }: Terms): Promise<Settled> {
  const delisted = await tx.execute<MovedOffer>(sql`
    with gone as (
      update model_pricing set delisted_at = clock_timestamp(), missing_since = coalesce(missing_since, clock_timestamp()),
        stale_since = null, stale_payloads = 0
      where source = ${source} and delisted_at is null returning *),
    written as (
      insert into model_pricing_history (source, seller, model, variant, listing, listed_as, state, charges, fingerprint,
        previous_state, previous_charges, effective_at, observed_at, cause, actor, reason)
      select source, seller, model, variant, listing, listed_as, 'unknown', '[]', 'delisted', state, charges, delisted_at,
        delisted_at, 'delist', ${actor}, ${reason}
      from gone returning seller, model, variant, effective_at)
    select seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt" from written`);
  const withdrawn = await tx.execute<MovedOffer>(sql`
    update model_pricing_history set withdrawn_at = clock_timestamp()
    where source = ${source} and announced and withdrawn_at is null and effective_at > clock_timestamp()
    returning seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt"`);
  await tx.execute(sql`
    update price_holds set state = 'resolved', decided_at = clock_timestamp(), decision = 'the source was removed'
    where source = ${source} and state = 'open'`);
  await tx.execute(sql`
    update listing_facts set facts = '{}', observed_at = clock_timestamp(),
      revision = (select max(revision) + 1 from listing_facts where source = ${source})
    where source = ${source} and facts <> '{}'`);
  return settleMoved(tx, [...delisted, ...withdrawn], { cause: "delist", actor, reason });
}

/** How many prices in force a version took away without another one in their place. */
export async function countLostPrices(tx: Tx, version: string | null): Promise<number> {
  const [row] = await tx.execute<{ lost: number }>(sql`
    select count(*)::int as lost from rates r join rates b on b.id = r.replaces
    where r.version_from = ${version}::bigint and r.is_news and r.state not in ('priced', 'free') and b.state in ('priced', 'free')`);
  return row?.lost ?? 0;
}
