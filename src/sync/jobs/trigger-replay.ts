import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { enqueueJob, lockTriggers } from "#/sync/jobs/enqueue-job.ts";
import { findByRequest, keyRequest } from "#/sync/jobs/keyed-request.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export type TriggerReplayInput = Readonly<{
  source: string;
  /** One of the source's stored payloads; the newest when absent. */
  digest?: string | undefined;
  dryRun?: boolean | undefined;
  requestId?: string | undefined;
}>;

/** Queues reading a stored payload again, after its parser was mended. Throws `NOT_FOUND` when none is stored. */
export async function triggerReplay({ db, queue }: Deps, actor: Principal, input: TriggerReplayInput) {
  return db.transaction(async (tx) => {
    await lockTriggers(tx);
    const { source, digest, dryRun } = input;
    const request = keyRequest(input.requestId, { kind: "replay", source, digest, dryRun });
    const earlier = await findByRequest(tx, actor, request);
    if (earlier !== undefined) return { jobId: earlier.jobId, digest: earlier.input.digest ?? "" };
    const wanted = digest === undefined ? sql`true` : sql`l.payload_digest = ${digest}`;
    const [found] = await tx.execute<{ digest: string }>(sql`
      select l.payload_digest as digest from pricing_sync_log l join source_payloads p on p.digest = l.payload_digest
      where l.source = ${source} and ${wanted} order by l.completed_at desc limit 1`);
    if (found === undefined) throw new AppError("NOT_FOUND", `No such payload of "${source}" is stored; sync it first`);
    const { jobId } = await enqueueJob(tx, queue, actor, {
      kind: "replay",
      sources: [source],
      request,
      input: { digest: found.digest, ...(dryRun === true ? { dryRun: true } : {}) },
      audit: dryRun === true ? undefined : (target) => ({ action: "syncs.replay", target, after: input }),
    });
    return { jobId, digest: found.digest };
  });
}
