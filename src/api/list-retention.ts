import { z } from "zod";
import { DELIVERIES_KEPT_DAYS } from "#/alerts/deliveries.ts";
import { KEPT_DAYS } from "#/sync/jobs/kept-days.ts";

export const retentionRule = z.object({
  what: z.string(),
  /** Null: it is kept for ever. */
  days: z.int().nullable(),
  /** Where the number comes from, in words. */
  setBy: z.string(),
});

/** How long everything is kept. */
export function listRetention(): z.infer<typeof retentionRule>[] {
  const byFunction = (what: string, name: keyof typeof KEPT_DAYS) => ({
    what,
    days: KEPT_DAYS[name],
    setBy: `the database function ${name}()`,
  });
  const forEver = { days: null, setBy: "nothing removes it" };
  return [
    byFunction("Ended syncs, with their log and results", "cleanup_old_pricing_jobs"),
    byFunction("Events of ended syncs", "cleanup_old_pricing_events"),
    byFunction("Payloads that no price, hold, source or sync refers to", "cleanup_unused_payloads"),
    { what: "Webhook deliveries that have ended", days: DELIVERIES_KEPT_DAYS, setBy: "the server" },
    { what: "Prices and their history", ...forEver },
    { what: "Held prices and the decisions on them", ...forEver },
    { what: "The record of changes", ...forEver },
  ];
}
