import { sql } from "drizzle-orm";

/** The names behind a rate `r`: sources, or `pin`. */
export const RATE_SOURCES = sql`(select coalesce(json_agg(distinct coalesce(o ->> 'source', 'pin')), '[]')
  from jsonb_array_elements(r.origins) o)`;

/** A rate `r` that a gateway can use. */
export const HAS_PRICE = sql`r.state in ('priced', 'free')`;

/** When the newest of a rate `r`'s origins was observed, or pinned. */
export const OBSERVED_AT = sql`coalesce((
  select max(coalesce(h.observed_at, n.set_at)) from jsonb_array_elements(r.origins) o
    left join model_pricing_history h on h.id = (o ->> 'historyId')::bigint
    left join price_pins n on n.id = (o ->> 'pinId')::bigint), r.valid_from)`;

/** A rate `r` as `/v1/prices` gives it, as JSON; null when it has no price. */
export const PRICE_JSON = sql`case when ${HAS_PRICE} then (
    select row_to_json(price) from (select r.seller, r.model, r.variant, r.state, r.charges, ${RATE_SOURCES} as "from",
      to_json(${OBSERVED_AT}) #>> '{}' as observed_at) price) end`;
