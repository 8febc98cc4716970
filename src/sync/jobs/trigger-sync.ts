import { asc, inArray } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { sources } from "#/sources/schema.ts";
import { enqueueJob, lockTriggers, type QueuedJob } from "#/sync/jobs/enqueue-job.ts";
import { findByRequest, keyRequest } from "#/sync/jobs/keyed-request.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export type TriggerSyncInput = Readonly<{
  /** None: every source that is enabled when the job starts. */
  sources?: readonly string[] | undefined;
  ifBusy?: "queue" | "reject" | undefined;
  /** Only says what would change, be held and be rejected. */
  dryRun?: boolean | undefined;
  /** The same key and request from the same caller is the same job. */
  requestId?: string | undefined;
}>;

export type TriggerSyncResult =
  | (Readonly<{ outcome: "queued" }> & QueuedJob)
  | Readonly<{ outcome: "already_queued"; jobId: string }>;

/**
 * Queues a sync and answers at once. The job and its queue entry are written together, so neither exists without the
 * other. Throws `INVALID` for a source that does not exist, `BUSY` when `ifBusy` is `reject` and one is under way, and
 * `CONFLICT` when something else was asked with the same `requestId`.
 */
export async function triggerSync(
  { db, queue }: Deps,
  actor: Principal,
  input: TriggerSyncInput,
): Promise<TriggerSyncResult> {
  return db.transaction(async (tx) => {
    // These take turns: two with one key can't both be the first, nor two find the queue empty.
    if (input.requestId !== undefined || input.ifBusy === "reject") await lockTriggers(tx);
    const request = keyRequest(input.requestId, { kind: "sync", sources: input.sources, dryRun: input.dryRun });
    const earlier = await findByRequest(tx, actor, request);
    if (earlier !== undefined) return { outcome: "already_queued", jobId: earlier.jobId };
    if (input.sources !== undefined) await refuseUnknownSources(tx, input.sources);
    if (input.ifBusy === "reject") await refuseWhenBusy(tx);

    const job = await enqueueJob(tx, queue, actor, {
      kind: "sync",
      sources: input.sources,
      request,
      ...(input.dryRun === true
        ? { input: { dryRun: true } }
        : { audit: (target) => ({ action: "syncs.trigger", target, after: input }) }),
    });
    return { outcome: "queued", ...job };
  });
}

/** Throws `INVALID` for a source that does not exist or is disabled. */
export async function refuseUnknownSources(tx: Tx, names: readonly string[]): Promise<void> {
  const rows = await tx
    .select({ name: sources.name, enabled: sources.enabled })
    .from(sources)
    .where(inArray(sources.name, [...names]));
  const known = new Map(rows.map((row) => [row.name, row.enabled]));
  for (const name of names) {
    if (!known.has(name)) throw new AppError("INVALID", `There is no source called "${name}"`);
    if (known.get(name) === false) throw new AppError("INVALID", `The source "${name}" is disabled. Enable it first`);
  }
}

async function refuseWhenBusy(tx: Tx): Promise<void> {
  const [busy] = await tx
    .select({ jobId: pricingSyncJobs.jobId, status: pricingSyncJobs.status, worker: pricingSyncJobs.worker })
    .from(pricingSyncJobs)
    .where(inArray(pricingSyncJobs.status, ["queued", "running"]))
    .orderBy(asc(pricingSyncJobs.triggeredAt))
    .limit(1);
  if (busy === undefined) return;
  const holder = busy.worker === null ? "" : ` on ${busy.worker}`;
  throw new AppError("BUSY", `Sync ${busy.jobId} is ${busy.status}${holder}; nothing was queued`, {
    retryAfterSeconds: 5,
  });
}
