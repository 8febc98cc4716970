import type { Db } from "#/platform/database.ts";
import type { Metrics } from "#/platform/metrics.ts";
import { countWaiting } from "#/platform/queue.ts";

/** How many entries of each queue could be taken now, and how long the oldest has waited. */
export function measureQueues(metrics: Metrics, db: Db, names: readonly string[]): void {
  const depth = metrics.shared({
    name: "ratebook_queue_waiting",
    help: "Entries of a queue that could be taken now",
    labels: ["queue"],
  });
  const oldest = metrics.shared({
    name: "ratebook_queue_oldest_wait_seconds",
    help: "For how long the oldest of them could have been taken",
    labels: ["queue"],
  });
  metrics.readShared(async () => {
    const counts: { queue: string; waiting: number; seconds: number }[] = [];
    for (const queue of names) counts.push({ queue, ...(await countWaiting(db, queue)) });
    depth(counts.map(({ queue, waiting }) => ({ labels: { queue }, value: waiting })));
    oldest(counts.map(({ queue, seconds }) => ({ labels: { queue }, value: seconds })));
  });
}
