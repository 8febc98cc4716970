import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { cancelSync } from "#/sync/jobs/cancel-sync.ts";
import { retrySync } from "#/sync/jobs/retry-sync.ts";

export const manyInput = z.object({
  jobIds: z.array(z.uuid()).min(1).max(200),
  reason: z.string().trim().min(3).max(500),
});
type ManyInput = z.infer<typeof manyInput>;

/** `refused` says in `message` why this run was left as it is. */
const refused = z.object({ outcome: z.literal("refused"), jobId: z.string(), message: z.string() });

export const cancelledOne = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.enum(["cancelled", "cancelling", "already_ended"]), jobId: z.string() }),
  refused,
]);

export const retriedOne = z.discriminatedUnion("outcome", [
  /** `retryId` is the run that tries `jobId` again. */
  z.object({ outcome: z.enum(["queued", "already_queued"]), jobId: z.string(), retryId: z.string() }),
  refused,
]);

/** Cancels each run in a transaction of its own, in the order given, so that one that is refused stops no other. */
export async function cancelManySyncs(
  deps: Readonly<{ db: Db; queue: Pick<Queue, "remove"> }>,
  actor: Principal,
  { jobIds, reason }: ManyInput,
): Promise<z.infer<typeof cancelledOne>[]> {
  return eachRun(jobIds, (jobId) => cancelSync(deps, actor, { jobId, reason }, "syncs.cancelMany"));
}

/** Retries what failed of each run, each in a transaction of its own, in the order given. */
export async function retryManySyncs(
  deps: Readonly<{ db: Db; queue: Pick<Queue, "send"> }>,
  actor: Principal,
  { jobIds, reason }: ManyInput,
): Promise<z.infer<typeof retriedOne>[]> {
  return eachRun(jobIds, async (jobId) => {
    const { outcome, jobId: retryId } = await retrySync(
      deps,
      actor,
      { jobId, which: "failed", reason },
      "syncs.retryMany",
    );
    return { outcome, jobId, retryId };
  });
}

async function eachRun<T>(jobIds: readonly string[], act: (jobId: string) => Promise<T>) {
  const results: (T | z.infer<typeof refused>)[] = [];
  for (const jobId of new Set(jobIds)) results.push(await act(jobId).catch((error: unknown) => refuse(jobId, error)));
  return results;
}

/** What the caller can act on is the outcome of this run; anything else stays an error. */
function refuse(jobId: string, error: unknown): z.infer<typeof refused> {
  if (!(error instanceof AppError)) throw error;
  return { outcome: "refused", jobId, message: error.message };
}
