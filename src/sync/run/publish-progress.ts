import { eq } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import type { Run, RunDeps } from "#/sync/run/run.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import type { JobProgress } from "#/terms/progress.ts";

const PROGRESS_INTERVAL_MS = 250;

/** Writes what has moved, at most four times a second, until the signal aborts. `ended` resolves after its last write. */
export function publishProgress(deps: RunDeps, run: Run, signal: AbortSignal): Readonly<{ ended: Promise<void> }> {
  return { ended: publish() };

  async function publish(): Promise<void> {
    while (!signal.aborted) {
      await deps.clock.sleep(PROGRESS_INTERVAL_MS, signal);
      if (signal.aborted || !run.progress.takeChanged()) continue;
      const message = describePhases(run.progress.snapshot());
      // Best effort: the next tick, or the source's own transaction, says it again.
      await fencedTransaction(deps, run.lease, (tx) => saveProgress(tx, run, { kind: "progress", message })).catch(
        run.progress.touch,
      );
    }
  }
}

type Saved = Readonly<{ kind: "progress" | "source"; message: string; source?: string }>;

/** Keeps where the run stands, and tells the watchers. Call it last in a fenced transaction. */
export async function saveProgress(tx: Tx, run: Run, { kind, message, source }: Saved): Promise<void> {
  const { jobId, attempt, lease } = run;
  const progress = run.progress.snapshot();
  await tx.update(pricingSyncJobs).set({ progress }).where(eq(pricingSyncJobs.jobId, jobId));
  const data = { message, status: "running" as const, progress, attempt, ...(source === undefined ? {} : { source }) };
  await appendEvent(tx, { jobId, kind, fence: lease.fence, data });
}

function describePhases({ sources: all }: JobProgress): string {
  return Object.entries(all)
    .filter(([, source]) => source.phase !== "done" && source.phase !== "waiting")
    .map(([name, source]) => `${name} ${source.phase}`)
    .join(", ");
}
