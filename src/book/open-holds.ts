import { sql, type SQL } from "drizzle-orm";

/** Whether a row of `price_holds h` waits for a person. */
export const IS_OPEN = sql`h.state = 'open'`;

/** Whether the guard keeps a newer price of some entry of a rate out of force: one for now, or one announced for a later day. */
export function isHeld(rate: SQL): SQL {
  return sql`exists (select from price_holds h where ${IS_OPEN}
    and (h.model, h.seller, h.variant) = (${rate}.model, ${rate}.seller, ${rate}.variant))`;
}

/** The id of the hold that does so for one entry as text, else null: of several, the one whose price would count first. */
export function heldBy(offer: SQL): SQL {
  return sql`(select h.id::text from price_holds h where ${IS_OPEN} and (h.source, h.seller, h.model, h.variant, h.listing)
      = (${offer}.source, ${offer}.seller, ${offer}.model, ${offer}.variant, ${offer}.listing)
    order by h.effective_at nulls first, h.id limit 1)`;
}
