import { sql } from "drizzle-orm";
import { PIN_SOURCE } from "#/book/schema.ts";
import { UNKNOWN_FINGERPRINT } from "#/book/unknown-price.ts";
import type { Db } from "#/platform/database.ts";

/**
 * Writes the end of pins whose time is over into the history, as of that time, so that whoever is told of prices is told
 * of it. What counts does not wait for this. Safe from many processes at once.
 */
export async function endExpiredPins(db: Db): Promise<void> {
  await db.execute(sql`
    with ended as (
      update price_pins set cleared_at = expires_at, cleared_by = 'calendar', clear_reason = 'expired'
      where cleared_at is null and expires_at <= clock_timestamp()
      returning seller, model, variant, expires_at)
    insert into model_pricing_history (source, seller, model, variant, state, charges, fingerprint, effective_at, observed_at,
      cause, actor, reason)
    select ${PIN_SOURCE}, seller, model, variant, 'unknown', '[]', ${UNKNOWN_FINGERPRINT}, expires_at, clock_timestamp(),
      'unpin', 'calendar', 'expired' from ended`);
}
