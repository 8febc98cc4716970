import { and, asc, eq, inArray, or, sql } from "drizzle-orm";
import pMap from "p-map";
import type { Clock } from "#/platform/clock.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { FetchSource } from "#/sources/fetch-source.ts";
import { sources } from "#/sources/schema.ts";
import type { Queue } from "#/platform/queue.ts";
import { appendEvent } from "#/sync/events/append-event.ts";
import { endJob } from "#/sync/jobs/end-job.ts";
import type { SyncEventKind } from "#/terms/event.ts";
import type { JobInput, JobKind } from "#/terms/job-kind.ts";
import type { JobResult } from "#/terms/job-result.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import { endStatus, type JobStatus } from "#/terms/job-status.ts";
import type { Lease } from "#/sync/lease/lease.ts";
import type { JobProgress, SourceProgress } from "#/terms/progress.ts";
import { requeueJob } from "#/sync/jobs/requeue-job.ts";
import { waitBeforeAsking } from "#/sync/jobs/retry-policy.ts";
import { pricingSyncJobs, pricingSyncLog } from "#/sync/schema.ts";
import type { SourceResult } from "#/sync/run/apply-payload.ts";
import { applyDueStep, revertStep, type StepInput } from "#/sync/run/book-steps.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { SourceRow } from "#/sync/run/record-source-outcome.ts";
import { syncSource } from "#/sync/run/sync-source.ts";

export type RunDeps = Readonly<{
  db: Db;
  clock: Clock;
  leaseMs: number;
  fetchSource: FetchSource;
  queue: Pick<Queue, "send">;
  /** What the waits between attempts are multiplied by: 1, and next to nothing in tests. */
  retryPace: number;
}>;

export type ClaimedJob = Readonly<{
  jobId: string;
  kind: JobKind;
  input: JobInput;
  result: JobResult | null;
  triggeredBy: string;
  attempt: number;
  sources: readonly string[] | null;
}>;

const SOURCES_AT_ONCE = 3;
const PROGRESS_INTERVAL_MS = 250;

/** Runs a claimed job to its end state, under its lease. Throws when the signal aborts; what was applied stays. */
export async function runJob(deps: RunDeps, lease: Lease, job: ClaimedJob, signal: AbortSignal): Promise<void> {
  const { db, clock } = deps;
  const { jobId, attempt } = job;
  const progress: JobProgress = { sources: {} };
  const result: JobResult = { dryRun: job.input.dryRun ?? false, sources: { ...job.result?.sources } };
  const finished = new AbortController();
  let dirty = false;

  const plan = await planSources();
  const publishing = publishProgress();
  try {
    await pMap(plan, (entry) => runSource(entry), { concurrency: SOURCES_AT_ONCE, signal });
  } finally {
    finished.abort();
    await publishing;
  }
  await end();

  type Planned = Readonly<{ source: SourceRow; waitSeconds: number }>;

  async function planSources(): Promise<Planned[]> {
    const wanted = job.sources === null ? eq(sources.enabled, true) : inArray(sources.name, [...job.sources]);
    const waitSeconds = sql<number>`greatest(0, ceil(extract(epoch from ${sources.retryAfter} - clock_timestamp())))::int`;
    const rows = await db
      .select({ source: sources, waitSeconds })
      .from(sources)
      .where(wanted)
      .orderBy(asc(sources.trust), asc(sources.name));
    const done = await listDone();
    for (const { source } of rows) progress.sources[source.name] = done.get(source.name) ?? { phase: "waiting" };
    const left = rows.filter(({ source }) => !done.has(source.name));
    const names = left.map(({ source }) => source.name).join(", ");
    await write("started", `Attempt ${attempt} started: ${names === "" ? "nothing left to do" : names}`);
    return left.map((row) => ({ ...row, waitSeconds: row.waitSeconds ?? 0 }));
  }

  // An earlier attempt has done some sources already, or has learnt that asking them again can't help.
  async function listDone(): Promise<Map<string, SourceProgress>> {
    const rows = await db
      .select()
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

  async function runSource({ source, waitSeconds }: Planned): Promise<void> {
    const { kind, input, triggeredBy } = job;
    const { dryRun = false, digest, at } = input;
    const startedAt = await nowText(db);
    const step = { jobId, kind, fence: lease.fence, attempt, startedAt, dryRun };
    if (kind === "revert" || kind === "due") {
      const stepInput: StepInput = { ...step, source: source.name, triggeredBy, jobInput: input };
      const run = kind === "revert" ? revertStep : applyDueStep;
      return applySource(source.name, (tx) => run(tx, stepInput));
    }
    const stored = digest === undefined ? {} : { stored: { digest, ...(at === undefined ? {} : { observedAt: at }) } };
    await syncSource(
      { db, fetchSource: deps.fetchSource, signal, report, write: applySource },
      { ...step, ...stored, source, waitSeconds },
    );
  }

  function report(name: string, update: SourceProgress): void {
    progress.sources[name] = update;
    dirty = true;
  }

  async function applySource(name: string, apply: (tx: Tx) => Promise<SourceResult>): Promise<void> {
    await fencedTransaction(deps, lease, async (tx) => {
      const outcome = await apply(tx);
      progress.sources[name] = outcome.progress;
      if (outcome.lines !== undefined) result.sources[name] = outcome.lines;
      await saveProgress(tx, "source", outcome.message, name);
    });
  }

  async function publishProgress(): Promise<void> {
    while (!finished.signal.aborted && !signal.aborted) {
      await clock.sleep(PROGRESS_INTERVAL_MS, AbortSignal.any([finished.signal, signal]));
      if (!dirty || finished.signal.aborted || signal.aborted) continue;
      dirty = false;
      // Best effort: the next tick, or the source's own transaction, says it again.
      await write("progress", describePhases(progress)).catch(() => (dirty = true));
    }
  }

  async function write(kind: SyncEventKind, message: string): Promise<void> {
    await fencedTransaction(deps, lease, (tx) => saveProgress(tx, kind, message));
  }

  async function saveProgress(tx: Tx, kind: SyncEventKind, message: string, source?: string): Promise<void> {
    await tx
      .update(pricingSyncJobs)
      .set({ progress, ...(source === undefined ? {} : { result }) })
      .where(eq(pricingSyncJobs.jobId, jobId));
    const data = {
      message,
      status: "running" as const,
      progress,
      attempt,
      ...(source === undefined ? {} : { source }),
    };
    await appendEvent(tx, { jobId, kind, fence: lease.fence, data });
  }

  async function end(): Promise<void> {
    const results = Object.entries(progress.sources);
    const failures = results.filter(([, source]) => source.outcome === "failed");
    if (await isAskedAgain(results.length, failures)) return;
    const status =
      results.length === 0
        ? "failed"
        : endStatus({ succeeded: results.length - failures.length, failed: failures.length });
    const errorMessage =
      results.length === 0
        ? "No source is enabled: enable one and sync again"
        : failures.map(([name, { error }]) => `${name}: ${error ?? "failed"}`).join("\n") || null;
    await fencedTransaction(deps, lease, (tx) =>
      endJob(tx, {
        jobId,
        status,
        errorMessage,
        progress,
        attempt,
        fence: lease.fence,
        message: describeEnd(status, results.length, failures.length),
      }),
    );
  }

  /** Sources that failed in a way that can pass are asked again in this job, a few times, after a wait. */
  async function isAskedAgain(total: number, failures: readonly [string, SourceProgress][]): Promise<boolean> {
    if (job.kind !== "sync" || result.dryRun) return false;
    const wait = waitBeforeAsking(
      failures.map(([, { retryable = false, waitSeconds }]) => ({ retryable, waitSeconds })),
      { attempt, random: Math.random() },
    );
    if (wait === undefined) return false;
    const waitMs = Math.max(1, Math.round(wait * deps.retryPace));
    const names = failures.filter(([, { retryable }]) => retryable === true).map(([name]) => name);
    const message = `${failures.length} of ${total} sources failed; ${names.join(", ")} asked again in ${Math.ceil(waitMs / 1_000)} s`;
    return fencedTransaction(deps, lease, (tx) =>
      requeueJob(tx, deps.queue, { jobId, attempt, outcome: "retrying", message, waitMs }),
    );
  }
}

function describeEnd(status: JobStatus, total: number, failed: number): string {
  if (status === "success") return `Success: ${total} of ${total} sources`;
  if (total === 0) return "Failed: no source is enabled";
  return `${status === "partial" ? "Partial" : "Failed"}: ${failed} of ${total} sources failed`;
}

function describePhases({ sources: all }: JobProgress): string {
  return Object.entries(all)
    .filter(([, source]) => source.phase !== "done" && source.phase !== "waiting")
    .map(([name, source]) => `${name} ${source.phase}`)
    .join(", ");
}
