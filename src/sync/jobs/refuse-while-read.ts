import { sql } from "drizzle-orm";
import type { Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";

/**
 * Throws `BUSY` when a run reads a source now. Until the transaction ends no run can begin to: whoever plans one reads the
 * sources first.
 */
export async function refuseWhileRead(tx: Tx, name: string): Promise<void> {
  await tx.execute(sql`lock table sources in access exclusive mode`);
  const [run] = await tx.execute<{ jobId: string }>(sql`
    select job_id as "jobId" from pricing_sync_jobs
    where status = 'running' and progress -> 'sources' ? ${name}::text limit 1`);
  if (run !== undefined)
    throw new AppError("BUSY", `Sync ${run.jobId} reads "${name}" now. Wait until it has ended, or cancel it`, {
      retryAfterSeconds: 5,
    });
}
