import { sql, type SQL } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { SUNSET_SOON_DAYS, type FactName } from "#/terms/facts.ts";

/** The listings of a rate `r`, each with its facts: one that is delisted has none. */
const LISTED_FACTS = sql`model_pricing m join listing_facts f on (f.source, f.listing) = (m.source, m.listing)
  where (m.model, m.seller, m.variant) = (r.model, r.seller, r.variant)`;
// As `source_rank` says, with the order read once for a whole query instead of once a row.
export const BY_RANK = sql`array_position((select o.names from source_orders o order by o.id desc limit 1), m.source), m.source, m.id`;

/** What each source states of a rate `r`, in the order of rank: `foldFacts` makes the facts of the rate of it. */
export const STATED_FACTS = sql`(
  select coalesce(json_agg(json_build_object('source', m.source, 'facts', f.facts) order by ${BY_RANK}), '[]')
  from ${LISTED_FACTS})`;

/** One fact of a rate `r` as JSON: from the first source by rank that states it, as `foldFacts` decides. */
export function factOf(name: FactName): SQL {
  return sql`(select f.facts -> ${name}::text from ${LISTED_FACTS} and f.facts ? ${name}::text order by ${BY_RANK} limit 1)`;
}

/** The same as an aggregate over the listings `m` of one rate and their facts `f`, for reading many rates at once. */
export function firstFact(name: FactName): SQL {
  return sql`((array_agg(f.facts -> ${name}::text order by ${BY_RANK}) filter (where f.facts ? ${name}::text))[1] #>> '{}')`;
}

/** The sunset of every (seller, model, variant) that has one. Few do, and an index finds them. */
const SUNSETS = sql`
  select distinct on (m.model, m.seller, m.variant) m.model, m.seller, m.variant, m.source,
    f.sunset_on::date as sunset_on
  from listing_facts f join model_pricing m on (m.source, m.listing) = (f.source, f.listing)
  where f.sunset_on is not null
  order by m.model, m.seller, m.variant, ${BY_RANK}`;

const TODAY = sql`(now() at time zone 'utc')::date`;
const SUNSET_SOON = sql`s.sunset_on between ${TODAY} and ${TODAY} + ${SUNSET_SOON_DAYS}::int`;

/** Whether a rate `r` stops being answered soon. */
export const IS_SUNSET_SOON = sql`(r.model, r.seller, r.variant) in (
  select s.model, s.seller, s.variant from (${SUNSETS}) s where ${SUNSET_SOON})`;

/**
 * A query for the models with a price in force that stop being answered: `seller`, `model`, the `source` that says so,
 * `sunset_on`, and `is_soon`, which is false for what is further away and for what has passed.
 */
export const SUNSET_MODELS = sql`
  select distinct on (s.model, s.seller) s.seller, s.model, s.source, s.sunset_on, ${SUNSET_SOON} as is_soon
  from (${SUNSETS}) s
  where s.sunset_on <= ${TODAY} + ${SUNSET_SOON_DAYS}::int and exists (
    select from rates r where (r.model, r.seller, r.variant) = (s.model, s.seller, s.variant)
      and r.version_to is null and r.valid_to is null and r.valid_from <= now() and r.state in ('priced', 'free'))
  order by s.model, s.seller, s.sunset_on`;

/**
 * A text that is another one as soon as the facts of any source have changed, or the order of the sources. Writers of one
 * source take turns, so its revision only grows. Empty while there are no facts.
 */
export const FACTS_MARK = sql`(
  select coalesce(sum(newest.revision) || '.' || (select max(o.id) from source_orders o), '')
  from sources s cross join lateral (
    select f.revision from listing_facts f where f.source = s.name order by f.revision desc limit 1) newest)`;

/** The words that the listings use, for whoever wants to filter by them. */
export async function listFactWords(db: Db): Promise<{ modes: string[]; inputModalities: string[] }> {
  const [row] = await db.execute<{ modes: string[]; inputModalities: string[] }>(sql`
    select array(select distinct facts ->> 'mode' from listing_facts where facts ? 'mode' order by 1) as modes,
      array(select distinct jsonb_array_elements_text(facts -> 'inputModalities') from listing_facts
        where facts ? 'inputModalities' order by 1) as "inputModalities"`);
  if (row === undefined) throw new Error("the database did not answer the words of facts");
  return { modes: [...row.modes], inputModalities: [...row.inputModalities] };
}
