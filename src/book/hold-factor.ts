import { sql } from "drizzle-orm";

const AMOUNT = sql`(n.charge ->> 'amount')::numeric`;
/** The lines of a hold `h` beside those of its last good price. */
const AGAINST_OLD = sql`
  select ${AMOUNT} / (o.charge ->> 'amount')::numeric as ratio
  from jsonb_array_elements(h.new_charges) n(charge) join jsonb_array_elements(h.old_charges) o(charge)
    on n.charge - 'amount' = o.charge - 'amount'
  where ${AMOUNT} > 0 and (o.charge ->> 'amount')::numeric > 0`;
/** The base lines of a first price, each beside the nearest of what others asked when it was held. */
const AGAINST_OTHERS = sql`
  select nearest.ratio from jsonb_array_elements(h.new_charges) n(charge) cross join lateral (
    select ${AMOUNT} / a.value::numeric as ratio
    from jsonb_array_elements(h.evidence) e(peer), jsonb_each_text(e.peer -> 'amounts') a
    where a.key = concat_ws('/', n.charge ->> 'meter', n.charge ->> 'unit') and a.value::numeric > 0
    order by greatest(${AMOUNT} / a.value::numeric, a.value::numeric / ${AMOUNT}) limit 1) nearest
  where coalesce(jsonb_array_length(h.old_charges), 0) = 0 and ${AMOUNT} > 0 and not n.charge ? 'tier' and not n.charge ? 'window'`;

/**
 * New over old of the line of a hold `h` that is furthest apart; for a first price, over the nearest of what others asked then.
 * Null when there is nothing to compare.
 */
export const HOLD_RATIO = sql`(
  select x.ratio from (${AGAINST_OLD} union all ${AGAINST_OTHERS}) x order by greatest(x.ratio, 1 / x.ratio) desc limit 1)`;

/** How bad a hold `h` is, up or down alike: from 1 on; infinite for a price that goes to 0 or gets lost; 0 for nothing to compare. */
export const HOLD_FACTOR = sql`case when h.old_state = 'priced' and h.new_state <> 'priced' then 'Infinity'::numeric
  else coalesce((select greatest(f.ratio, 1 / f.ratio) from (select ${HOLD_RATIO} as ratio) f), 0) end`;
