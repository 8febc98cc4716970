import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { lockEventOrder } from "#/sync/events/append-event.ts";
import { enqueueJob } from "#/sync/jobs/enqueue-job.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export type TriggerReplayInput = Readonly<{
  source: string;
  /** One of the source's stored payloads; the newest when absent. */
  digest?: string | undefined;
  dryRun?: boolean | undefined;
}>;

/** Queues reading a stored payload again, after its parser was mended. Throws `NOT_FOUND` when none is stored. */
export async function triggerReplay({ db, queue }: Deps, actor: Principal, input: TriggerReplayInput) {
  return db.transaction(async (tx) => {
    await lockEventOrder(tx);
    const wanted = input.digest === undefined ? sql`true` : sql`l.payload_digest = ${input.digest}`;
    const [found] = await tx.execute<{ digest: string }>(sql`
      select l.payload_digest as digest from pricing_sync_log l join source_payloads p on p.digest = l.payload_digest
      where l.source = ${input.source} and ${wanted} order by l.completed_at desc limit 1`);
    if (found === undefined)
      throw new AppError("NOT_FOUND", `No such payload of "${input.source}" is stored; sync it first`);
    const jobId = await enqueueJob(tx, queue, actor, {
      kind: "replay",
      sources: [input.source],
      input: { digest: found.digest, ...(input.dryRun === true ? { dryRun: true } : {}) },
    });
    if (input.dryRun !== true) await recordAudit(tx, actor, { action: "syncs.replay", target: jobId, after: input });
    return { jobId, digest: found.digest };
  });
}
