import { and, eq, inArray, or, sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { sources } from "#/sources/schema.ts";
import { countAttempts } from "#/sync/jobs/attempts.ts";
import { moveJob } from "#/sync/jobs/move-job.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import type { Lease } from "#/sync/lease/lease.ts";
import { createProgressBoard, type PlannedSource, type Run, type RunDeps } from "#/sync/run/run.ts";
import { pricingSyncJobs, pricingSyncLog } from "#/sync/schema.ts";
import type { SourceProgress } from "#/terms/progress.ts";

/** Begins a queued job's next attempt under the lease, with a plan of what is left to do; `undefined` when it is not queued. */
export async function claimJob(
  deps: Pick<RunDeps, "db" | "leaseMs"> & { name: string },
  lease: Lease,
  jobId: string,
): Promise<Run | undefined> {
  return fencedTransaction(deps, lease, async (tx) => {
    const [job] = await tx
      .select({
        kind: pricingSyncJobs.kind,
        input: pricingSyncJobs.input,
        triggeredBy: pricingSyncJobs.triggeredBy,
        sources: pricingSyncJobs.sources,
        attempt: pricingSyncJobs.attempt,
      })
      .from(pricingSyncJobs)
      .where(and(eq(pricingSyncJobs.jobId, jobId), eq(pricingSyncJobs.status, "queued")))
      .for("update");
    if (job === undefined) return undefined;
    // Reads may be on their way together. Writes may not: after one that fails, the next must not come.
    const [all, done, attemptsBefore] = await Promise.all([
      planSources(tx, job.sources),
      listDone(tx, jobId),
      countAttempts(tx, jobId),
    ]);
    const planned = all.filter(({ source }) => !done.has(source.name));
    const progress = createProgressBoard(
      Object.fromEntries(all.map(({ source: { name } }) => [name, done.get(name) ?? { phase: "waiting" }])),
    );
    const names = planned.map(({ source }) => source.name).join(", ");
    const attempt = job.attempt + 1;
    await moveJob(tx, jobId, {
      from: ["queued"],
      to: "running",
      worker: deps.name,
      fence: lease.fence,
      progress: progress.snapshot(),
      message: `Attempt ${attempt} started: ${names === "" ? "nothing left to do" : names}`,
    });
    const { kind, input, triggeredBy } = job;
    return { lease, jobId, kind, input, triggeredBy, attempt, attemptsCounted: attemptsBefore + 1, planned, progress };
  });
}

async function planSources(tx: Tx, names: readonly string[] | null): Promise<PlannedSource[]> {
  const waitSeconds = sql<
    number | null
  >`greatest(0, ceil(extract(epoch from ${sources.retryAfter} - clock_timestamp())))::int`;
  const rows = await tx
    .select({ source: sources, waitSeconds })
    .from(sources)
    .where(names === null ? eq(sources.enabled, true) : inArray(sources.name, [...names]))
    .orderBy(sql`source_rank(${sources.name})`);
  return rows.map((row) => ({ source: row.source, waitSeconds: row.waitSeconds ?? 0 }));
}

/** An earlier attempt has done some sources already, or has learnt that asking them again can't help. */
async function listDone(tx: Tx, jobId: string): Promise<Map<string, SourceProgress>> {
  const rows = await tx
    .select({
      source: pricingSyncLog.source,
      outcome: pricingSyncLog.outcome,
      counts: pricingSyncLog.counts,
      errorMessage: pricingSyncLog.errorMessage,
    })
    .from(pricingSyncLog)
    .where(
      and(
        eq(pricingSyncLog.jobId, jobId),
        or(inArray(pricingSyncLog.outcome, ["applied", "unchanged"]), eq(pricingSyncLog.retryable, false)),
      ),
    );
  return new Map(
    rows.map(({ source, outcome, counts, errorMessage }) => [
      source,
      { phase: "done", outcome, counts, ...(errorMessage === null ? {} : { error: errorMessage }) },
    ]),
  );
}
