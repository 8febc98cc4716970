import { sql } from "drizzle-orm";
import { IS_OPEN as IS_HELD } from "#/book/open-holds.ts";
import { presentRates, versionAt } from "#/book/rates-at.ts";
import type { Db } from "#/platform/database.ts";
import type { Metrics } from "#/platform/metrics.ts";
import { HOLD_REASONS } from "#/terms/hold.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

/** What the book holds now: present rates, its version, and the prices that wait for a person. */
export function measureBook(metrics: Metrics, db: Db): void {
  const rates = metrics.shared({
    name: "ratebook_rates",
    help: "Rates in force now, by their state",
    labels: ["state"],
  });
  const version = metrics.shared({ name: "ratebook_book_version", help: "The newest version of the book" });
  const holds = metrics.shared({
    name: "ratebook_holds_waiting",
    help: "Prices that wait for a person, by the main reason why they are held",
    labels: ["reason"],
  });
  const oldest = metrics.shared({
    name: "ratebook_holds_oldest_wait_seconds",
    help: "For how long the oldest of them has waited; 0 when none waits",
  });
  metrics.readShared(async () => {
    const [row] = await db.execute<BookRow>(sql`
      select (select json_object_agg(state, count) from
          (select state, count(*) from (${presentRates({}, [])}) r group by state) states) as rates,
        ${versionAt(undefined)}::text as version,
        (select json_object_agg(reason, count) from
          (select h.reasons[1] as reason, count(*) from price_holds h where ${IS_HELD} group by 1) reasons) as holds,
        (select coalesce(extract(epoch from clock_timestamp() - min(h.observed_at)), 0)::float8
          from price_holds h where ${IS_HELD}) as oldest`);
    if (row === undefined) throw new Error("the database did not say what the book holds");
    rates(OFFER_STATES.map((state) => ({ labels: { state }, value: row.rates?.[state] ?? 0 })));
    version([{ labels: {}, value: Number(row.version) }]);
    holds(HOLD_REASONS.map((reason) => ({ labels: { reason }, value: row.holds?.[reason] ?? 0 })));
    oldest([{ labels: {}, value: Math.max(0, row.oldest) }]);
  });
}

type BookRow = {
  rates: Partial<Record<string, number>> | null;
  version: string;
  holds: Partial<Record<string, number>> | null;
  oldest: number;
};
