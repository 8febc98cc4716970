import type { Metrics } from "#/platform/metrics.ts";

/** Told by the process that it happens to. */
export type LeaseMeter = Readonly<{
  /** A lock that this process held was taken from it, or could not be renewed in time. */
  lost: () => void;
  /** A write of this process was refused, as another fence is in force. */
  refused: () => void;
}>;

export function createLeaseMeter(metrics: Metrics): LeaseMeter {
  const lost = metrics.counter({
    name: "ratebook_lock_lost_total",
    help: "Times that this process lost the sync lock while it ran a sync",
  });
  const refused = metrics.counter({
    name: "ratebook_refused_writes_total",
    help: "Writes of this process that were refused, as it had lost the sync lock",
  });
  return { lost: () => lost({}), refused: () => refused({}) };
}
