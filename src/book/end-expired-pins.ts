import { sql } from "drizzle-orm";
import type { MovedOffer } from "#/book/put-in-force.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import type { Db } from "#/platform/database.ts";

const OVER = sql`cleared_at is null and expires_at <= clock_timestamp()`;

/** Whether the time of a pin is over that still stands. */
export const arePinsOver = sql<boolean>`exists (select from price_pins where ${OVER})`;

/**
 * Ends pins whose time is over, as of that time, so that whoever is told of prices is told of it. What counts does not wait
 * for this. Safe from many processes at once.
 */
export async function endExpiredPins(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    const ended = await tx.execute<MovedOffer>(sql`
      update price_pins set cleared_at = expires_at, cleared_by = 'calendar', clear_reason = 'expired'
      where ${OVER}
      returning seller, model, variant, to_json(expires_at) #>> '{}' as "effectiveAt"`);
    await settleMoved(tx, ended, { cause: "expire", actor: "calendar", reason: "expired" });
  });
}
