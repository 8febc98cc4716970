import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { packPayload, storePayload } from "#/sources/store-payload.ts";
import { lockEventOrder } from "#/sync/events/append-event.ts";
import { enqueueJob } from "#/sync/jobs/enqueue-job.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

export type TriggerBackfillInput = Readonly<{
  source: string;
  /** The archived payload as it came. */
  text: string;
  /** When it was seen: ISO 8601. */
  at: string;
  dryRun?: boolean | undefined;
}>;

/**
 * Queues an archived payload as if it had been fetched at `at`. Throws `NOT_FOUND` for an unknown source, `INVALID` for an
 * instant that is in the future, or not after the newest that the book has seen of this source.
 */
export async function triggerBackfill({ db, queue }: Deps, actor: Principal, input: TriggerBackfillInput) {
  const { source, text, at, dryRun } = input;
  const payload = await packPayload(text);
  return db.transaction(async (tx) => {
    await lockEventOrder(tx);
    const [row] = await tx.execute<{ future: boolean; late: boolean; seen: string | null }>(sql`
      select ${at}::timestamptz > clock_timestamp() as future, ${at}::timestamptz <= observed_at as late,
        to_json(observed_at) #>> '{}' as seen from sources where name = ${source}`);
    if (row === undefined) throw new AppError("NOT_FOUND", `There is no source called "${source}"`);
    if (row.future) throw new AppError("INVALID", `${at} is in the future`);
    if (row.late)
      throw new AppError(
        "INVALID",
        `The book has seen "${source}" at ${row.seen ?? "?"}; an archived payload is only added after that, in the order of time`,
      );
    await storePayload(tx, payload);
    const jobId = await enqueueJob(tx, queue, actor, {
      kind: "backfill",
      sources: [source],
      input: { digest: payload.digest, at, ...(dryRun === true ? { dryRun: true } : {}) },
    });
    if (dryRun !== true)
      await recordAudit(tx, actor, {
        action: "sources.backfill",
        target: source,
        after: { at, digest: payload.digest },
      });
    return { jobId, digest: payload.digest };
  });
}
