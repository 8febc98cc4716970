import { sql } from "drizzle-orm";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { createDeliveries, findListeners, type Message } from "#/alerts/create-deliveries.ts";
import { describeChanges, describeHolds, SAMPLES } from "#/alerts/describe-prices.ts";
import { noteSunsets } from "#/alerts/note-sunsets.ts";
import { noteFreshness, noteRun } from "#/alerts/sync-conditions.ts";
import { takeSignals, type Signal } from "#/alerts/take-signals.ts";
import { tellConditions } from "#/alerts/tell-conditions.ts";
import { countRateChanges, listRateChanges } from "#/book/list-rate-changes.ts";
import { listHolds } from "#/book/list-holds.ts";
import type { Tx } from "#/platform/database.ts";

type Deps = Pick<AlertDeps, "db" | "deliveries" | "publicUrl">;

// Any number that nothing else in the database locks.
const ALERTS_LOCK = 7_283_004;

/**
 * Looks at what has happened and at what is wrong, and writes what endpoints are to be told, all in one transaction. Every
 * process does it; only one at a time gets through.
 */
export async function raiseAlerts({ db, ...deps }: Deps): Promise<void> {
  await db.transaction(async (tx) => {
    const [turn] = await tx.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(${ALERTS_LOCK}) as mine`);
    if (turn?.mine !== true) return;
    const signals = await takeSignals(tx);
    for (const signal of signals) if (signal.kind === "job.ended") await noteRun(tx, signal.jobId);
    await noteFreshness(tx);
    await noteSunsets(tx);
    for (const signal of signals) if (signal.kind === "lock.stolen") await tell(tx, deps, describeTheft(signal));
    await tellPrices(tx, deps, signals);
    await tellConditions(tx, deps);
  });
}

async function tell(tx: Tx, deps: Omit<Deps, "db">, message: Message & { event: "lock.stolen" }): Promise<void> {
  await createDeliveries(tx, deps, await findListeners(tx, message.event), message);
}

/** One message per run, or per decision of a person. */
async function tellPrices(tx: Tx, deps: Omit<Deps, "db">, signals: readonly Signal[]): Promise<void> {
  const changed = idsByJob(signals.filter((signal) => signal.kind === "price.changed"));
  const changeListeners = changed.size > 0 ? await findListeners(tx, "price.changed") : [];
  for (const [jobId, ids] of changeListeners.length > 0 ? changed : []) {
    const counts = await countRateChanges(tx, { ids });
    if (counts.first + counts.changed + counts.gone === 0) continue;
    const samples = await listRateChanges(tx, { ids }, { limit: SAMPLES });
    await createDeliveries(tx, deps, changeListeners, describeChanges(counts, samples, jobId));
  }
  const held = idsByJob(signals.filter((signal) => signal.kind === "price.held"));
  const holdListeners = held.size > 0 ? await findListeners(tx, "price.held") : [];
  for (const [jobId, ids] of holdListeners.length > 0 ? held : []) {
    const holds = await listHolds(tx, { filter: { ids: ids.slice(0, SAMPLES).map(String) }, limit: SAMPLES });
    await createDeliveries(tx, deps, holdListeners, describeHolds(holds, ids.length, jobId ?? ""));
  }
}

function idsByJob(signals: readonly Extract<Signal, { data: number[] }>[]): Map<string | null, number[]> {
  const byJob = new Map<string | null, number[]>();
  for (const { jobId, data } of signals) byJob.set(jobId, [...(byJob.get(jobId) ?? []), ...data]);
  return byJob;
}

function describeTheft({
  jobId,
  data: { worker, by },
}: Extract<Signal, { kind: "lock.stolen" }>): Message & { event: "lock.stolen" } {
  const who = worker ?? "A worker";
  return {
    event: "lock.stolen",
    summary:
      by === null
        ? `The sync lock was taken from ${who} by hand`
        : `${who} died or froze; ${by} has taken the sync lock over`,
    path: jobId === null ? "/operations" : `/syncs/${jobId}`,
    data: { job_id: jobId, worker, by },
  };
}
