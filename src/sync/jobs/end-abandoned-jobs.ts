import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { WORKER_SILENT_SECONDS } from "#/sync/run/announce-worker.ts";
import { moveJob } from "#/sync/jobs/move-job.ts";

const ABANDONED_AFTER_SECONDS = 25;
const MESSAGE = "Its worker died and no worker has lived since; it was not tried again";

/**
 * Ends jobs whose worker died when nobody is there to run them again, so that whoever waits for them learns it within a
 * minute. A job that never started waits on. Forgets workers that have been silent for long. Answers how many it ended.
 */
export async function endAbandonedJobs({ db }: { db: Db }): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`delete from sync_workers where seen_at < clock_timestamp() - interval '10 minutes'`);
    const abandoned = await tx.execute<{ jobId: string }>(sql`
      select j.job_id as "jobId" from pricing_sync_jobs j join pricing_sync_attempts a using (job_id, attempt)
      where j.status = 'queued' and a.outcome = 'died'
        and a.ended_at < clock_timestamp() - ${ABANDONED_AFTER_SECONDS} * interval '1 second'
        and not exists (
          select from sync_workers w where w.seen_at > clock_timestamp() - ${WORKER_SILENT_SECONDS} * interval '1 second')
      for update of j skip locked`);
    for (const { jobId } of abandoned)
      await moveJob(tx, jobId, { from: ["queued"], to: "failed", errorMessage: MESSAGE, message: MESSAGE });
    return abandoned.length;
  });
}
