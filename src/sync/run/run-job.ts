import { needsAnotherLook } from "#/book/list-booked-offers.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { mapAll } from "#/platform/map-all.ts";
import { failSpan, inSpan } from "#/platform/span.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { getPayload } from "#/sources/store-payload.ts";
import { fencedTransaction } from "#/sync/lease/fenced-transaction.ts";
import { applyReading, type Reading } from "#/sync/run/apply-reading.ts";
import { endRun } from "#/sync/run/end-run.ts";
import { publishProgress, saveProgress } from "#/sync/run/publish-progress.ts";
import { readSource, readStored, type ReadDeps } from "#/sync/run/read-source.ts";
import type { SourceError, SourceOutcomeWords, SourceStep } from "#/sync/run/record-source-outcome.ts";
import type { PlannedSource, Run, RunDeps } from "#/sync/run/run.ts";
import { pricingSyncResults } from "#/sync/schema.ts";
import type { JobInput } from "#/terms/job-input.ts";

const SOURCES_AT_ONCE = 3;
/** Whoever has lost the lock writes nothing more; a statement that hangs is not waited for longer than this. */
const HUNG_AFTER_MS = 1_000;

/**
 * Runs a claimed job to its end state, under its lease. Throws when the signal aborts, and what was applied stays. Whatever
 * it began has ended before it answers, so nothing of a run comes after the run's end.
 */
export async function runJob(deps: RunDeps, run: Run, signal: AbortSignal): Promise<void> {
  const finished = new AbortController();
  const publishing = publishProgress(deps, run, AbortSignal.any([finished.signal, signal]));
  const sources = mapAll(run.planned, (planned, stop) => runSource(deps, run, planned, stop), {
    atOnce: SOURCES_AT_ONCE,
    signal,
  });
  const all = Promise.allSettled([sources, publishing.ended]);
  const lost = lockIsLost(deps, signal);
  try {
    await Promise.race([sources, lost]);
  } finally {
    finished.abort();
    await Promise.race([all, lost]);
  }
  await endRun(deps, run);
}

/** Rejects a little after the lock was lost; otherwise it never settles. */
async function lockIsLost({ clock }: Pick<RunDeps, "clock">, signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    const look = () => {
      if (signal.aborted && signal.reason instanceof AppError && signal.reason.code === "LEASE_LOST") resolve();
    };
    signal.addEventListener("abort", look, { once: true });
    look();
  });
  await clock.sleep(HUNG_AFTER_MS, new AbortController().signal);
  throw signal.reason;
}

/** One source's part: a reading, without a transaction, and then one fenced transaction with everything it comes to. */
function runSource(deps: RunDeps, run: Run, planned: PlannedSource, signal: AbortSignal): Promise<void> {
  const { name, kind } = planned.source;
  const attributes = { "ratebook.source": name, "ratebook.source.kind": kind };
  return inSpan("sync source", attributes, async (span) => {
    const failure = await applySource(deps, run, planned, signal);
    if (failure !== undefined) failSpan(span, failure.message);
  });
}

/** Answers why the source could not be read, if it could not. */
async function applySource(
  deps: RunDeps,
  run: Run,
  planned: PlannedSource,
  signal: AbortSignal,
): Promise<SourceError | undefined> {
  const { name } = planned.source;
  const startedAt = await nowText(deps.db);
  const reading = await takeReading(deps, run, { ...planned, startedAt }, signal);
  signal.throwIfAborted();
  if (reading.kind === "sheet") run.progress.set(name, { phase: "applying" });
  const { jobId, kind, attempt, lease } = run;
  const step: SourceStep = { jobId, kind, attempt, fence: lease.fence, startedAt, source: planned.source };
  const commit = async (tx: Tx) => {
    const isDryRun = run.input.dryRun === true;
    const outcome = isDryRun
      ? await undone(tx, (inner) => applyReading(inner, step, reading))
      : await applyReading(tx, step, reading);
    signal.throwIfAborted();
    await saveOutcome(tx, run, name, isDryRun ? sayDryRun(outcome) : outcome);
  };
  await inSpan("source commit", { "ratebook.source": name }, () => fencedTransaction(deps, lease, commit));
  return reading.kind === "failed" ? reading.error : undefined;
}

type Started = PlannedSource & Readonly<{ startedAt: string }>;

async function takeReading(deps: RunDeps, run: Run, planned: Started, signal: AbortSignal): Promise<Reading> {
  const { kind, input, triggeredBy, jobId } = run;
  if (kind === "due") return { kind };
  if (kind === "revert") {
    const { revertedJobId, reason = "" } = input;
    if (revertedJobId === undefined) throw new Error(`the revert ${jobId} does not say which run it takes back`);
    return { kind, revertedJobId, reason, actor: triggeredBy };
  }
  const { source } = planned;
  const reading: ReadDeps = {
    fetchSource: deps.fetchSource,
    report: (progress) => run.progress.set(source.name, progress),
    signal,
  };
  if (input.digest !== undefined) return readStored(reading, planned, await findStored(deps, input.digest, input));
  // A payload that an older parser has read is read again, whatever its digest, and so is one that may still change the book.
  const isSettled =
    source.appliedParserVersion === adapterFor(source.kind).version && !(await needsAnotherLook(deps.db, source.name));
  return readSource(reading, { ...planned, isSettled });
}

async function findStored({ db }: RunDeps, digest: string, { at }: JobInput) {
  const payload = await getPayload(db, digest);
  return { payload, ...(at === undefined ? {} : { observedAt: at }) };
}

async function saveOutcome(tx: Tx, run: Run, source: string, outcome: SourceOutcomeWords): Promise<void> {
  const { progress, message, result } = outcome;
  const { jobId, lease } = run;
  if (result !== undefined) {
    const row = { jobId, source, result, fence: lease.fence };
    await tx
      .insert(pricingSyncResults)
      .values(row)
      .onConflictDoUpdate({ target: [pricingSyncResults.jobId, pricingSyncResults.source], set: row });
  }
  run.progress.set(source, progress);
  await saveProgress(tx, run, { kind: "source", source, message });
}

function sayDryRun(outcome: SourceOutcomeWords): SourceOutcomeWords {
  return { ...outcome, message: `${outcome.message} (dry run: nothing was written)` };
}

/** What `write` comes to, with all that it wrote taken back. */
async function undone(tx: Tx, write: (tx: Tx) => Promise<SourceOutcomeWords>): Promise<SourceOutcomeWords> {
  const takenBack = new Error("a dry run is taken back");
  let outcome: SourceOutcomeWords | undefined;
  await tx
    .transaction(async (inner) => {
      outcome = await write(inner);
      throw takenBack;
    })
    .catch((error: unknown) => {
      if (error !== takenBack) throw error;
    });
  if (outcome === undefined) throw new Error("a dry run came to nothing");
  return outcome;
}
