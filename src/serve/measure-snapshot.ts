import type { Metrics } from "#/platform/metrics.ts";
import type { Snapshot } from "#/serve/snapshot.ts";

/** How far the prices in this process's memory may be behind the book. */
export function measureSnapshot(metrics: Metrics, prices: Pick<Snapshot, "health" | "version">): void {
  metrics.gauge(
    { name: "ratebook_snapshot_version", help: "The version of the book that this process answers from" },
    () => [{ labels: {}, value: Number(prices.version()) }],
  );
  metrics.gauge(
    {
      name: "ratebook_snapshot_age_seconds",
      help: "For how long nobody has confirmed that the prices in memory are the present ones",
    },
    () => [{ labels: {}, value: prices.health().unconfirmedSeconds }],
  );
}
