import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { WORKER_SILENT_SECONDS } from "#/sync/run/announce-worker.ts";
import { appendEvent } from "#/sync/events/append-event.ts";

const ABANDONED_AFTER_SECONDS = 25;
const MESSAGE = "Its worker died and no worker has lived since; it was not tried again";

/**
 * Ends jobs whose worker died when nobody is there to run them again, so that whoever waits for them learns it within a
 * minute. A job that never started waits on. Forgets workers that have been silent for long. Answers how many it ended.
 */
export async function endAbandonedJobs({ db }: { db: Db }): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`delete from sync_workers where seen_at < clock_timestamp() - interval '10 minutes'`);
    const ended = await tx.execute<{ jobId: string; attempt: number }>(sql`
      update pricing_sync_jobs j set status = 'failed', completed_at = clock_timestamp(), error_message = ${MESSAGE},
        retry_at = null
      from pricing_sync_attempts a
      where j.status = 'queued' and j.attempt > 0 and a.job_id = j.job_id and a.attempt = j.attempt and a.outcome = 'died'
        and a.ended_at < clock_timestamp() - ${ABANDONED_AFTER_SECONDS} * interval '1 second'
        and not exists (
          select from sync_workers w where w.seen_at > clock_timestamp() - ${WORKER_SILENT_SECONDS} * interval '1 second')
      returning j.job_id as "jobId", j.attempt`);
    for (const { jobId, attempt } of ended)
      await appendEvent(tx, { jobId, kind: "ended", data: { message: MESSAGE, status: "failed", attempt } });
    return ended.length;
  });
}
