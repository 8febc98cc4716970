import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { hasPayload, storePayload, type PackedPayload } from "#/sources/store-payload.ts";
import { enqueueJob, lockTriggers } from "#/sync/jobs/enqueue-job.ts";
import { findByRequest, keyRequest, type KeyedRequest } from "#/sync/jobs/keyed-request.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export type TriggerBackfillInput = Readonly<{
  source: string;
  /** The archived payload as it came. */
  payload: PackedPayload;
  /** When it was seen: ISO 8601. */
  at: string;
  dryRun?: boolean | undefined;
  requestId?: string | undefined;
}>;

export type TriggerBackfillResult = Readonly<{ jobId: string; digest: string }>;

/**
 * Queues an archived payload as if it had been fetched at `at`. Throws `NOT_FOUND` for an unknown source, `INVALID` for an
 * instant that is in the future, or not after the newest that the book has seen of this source, and `CONFLICT` when
 * something else was asked with the same `requestId`.
 */
export async function triggerBackfill(
  { db, queue }: Deps,
  actor: Principal,
  input: TriggerBackfillInput,
): Promise<TriggerBackfillResult> {
  const { source, at, dryRun, payload } = input;
  const { digest } = payload;
  const request = keyRequest(input.requestId, { kind: "backfill", source, at, dryRun, digest });
  const known = await findEarlierOrRefuse(db, actor, input, request);
  if (known !== undefined) return known;
  // Sent to the database before the lock is taken: many megabytes must not hold up every other trigger.
  await storePayload(db, payload);
  return db.transaction(async (tx) => {
    await lockTriggers(tx);
    const earlier = await findEarlierOrRefuse(tx, actor, input, request);
    if (earlier !== undefined) return earlier;
    await keepPayload(tx, payload);
    const { jobId } = await enqueueJob(tx, queue, actor, {
      kind: "backfill",
      sources: [source],
      request,
      input: { digest, at, ...(dryRun === true ? { dryRun: true } : {}) },
      audit:
        dryRun === true ? undefined : () => ({ action: "sources.backfill", target: source, after: { at, digest } }),
    });
    return { jobId, digest };
  });
}

async function findEarlierOrRefuse(
  db: Db,
  actor: Principal,
  { source, at, payload: { digest } }: TriggerBackfillInput,
  request: KeyedRequest | undefined,
): Promise<TriggerBackfillResult | undefined> {
  const earlier = await findByRequest(db, actor, request);
  if (earlier !== undefined) return { jobId: earlier.jobId, digest };
  const [row] = await db.execute<{ future: boolean; late: boolean; seen: string | null }>(sql`
    select ${at}::timestamptz > clock_timestamp() as future, ${at}::timestamptz <= observed_at as late,
      to_json(observed_at) #>> '{}' as seen from sources where name = ${source}`);
  if (row === undefined) throw new AppError("NOT_FOUND", `There is no source called "${source}"`);
  if (row.future) throw new AppError("INVALID", `${at} is in the future`);
  if (row.late)
    throw new AppError(
      "INVALID",
      `The book has seen "${source}" at ${row.seen ?? "?"}; an archived payload is only added after that, in the order of time`,
    );
  return undefined;
}

/** Retention may have removed an old payload since it was stored; the job that is queued now keeps it from then on. */
async function keepPayload(tx: Tx, payload: PackedPayload): Promise<void> {
  if (!(await hasPayload(tx, payload.digest))) await storePayload(tx, payload);
}
