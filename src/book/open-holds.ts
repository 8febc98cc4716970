import { sql, type SQL } from "drizzle-orm";

/** Whether a row of `price_holds h` waits for a person. */
export const IS_OPEN = sql`h.state = 'open'`;

const ofOffer = (offer: SQL) => sql`from price_holds h where ${IS_OPEN}
  and (h.source, h.seller, h.model, h.variant) = (${offer}.source, ${offer}.seller, ${offer}.model, ${offer}.variant)`;

/** Whether the guard keeps a newer price of an offer out of force: one for now, or one announced for a later day. */
export function isHeld(offer: SQL): SQL {
  return sql`exists (select ${ofOffer(offer)})`;
}

/** The id of the hold that does so as text, else null: of several, the one whose price would count first. */
export function heldBy(offer: SQL): SQL {
  return sql`(select h.id::text ${ofOffer(offer)} order by h.effective_at nulls first, h.id limit 1)`;
}
