import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Logger } from "pino";
import { z } from "zod";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import { syncWorkers } from "#/sync/schema.ts";

const BEAT_MS = 3_000;
/** A worker that has said nothing for so long is taken for dead. */
export const WORKER_SILENT_SECONDS = 12;

type Deps = Readonly<{ db: Db; clock: Clock; log: Logger; name: string }>;

/** Says that a worker lives, every few seconds until it leaves. */
export async function announceWorker({ db, clock, log, name }: Deps): Promise<{ leave: () => Promise<void> }> {
  const id = randomUUID();
  const left = new AbortController();
  await beat();
  const beating = beatUntilLeft();
  return {
    async leave() {
      left.abort();
      await beating;
      await db
        .delete(syncWorkers)
        .where(eq(syncWorkers.id, id))
        .catch((error: unknown) => log.warn({ err: error }, "worker: could not say that it leaves"));
    },
  };

  async function beat(): Promise<void> {
    const seenAt = sql`clock_timestamp()`;
    await db.insert(syncWorkers).values({ id, name }).onConflictDoUpdate({ target: syncWorkers.id, set: { seenAt } });
  }

  async function beatUntilLeft(): Promise<void> {
    for (;;) {
      await clock.sleep(BEAT_MS, left.signal);
      if (left.signal.aborted) return;
      await beat().catch((error: unknown) => log.warn({ err: error }, "worker: could not say that it lives"));
    }
  }
}

export const workerView = z.object({
  name: z.string(),
  startedAt: z.string(),
  seenAt: z.string(),
  isAlive: z.boolean(),
});
export type WorkerView = z.infer<typeof workerView>;

/** The workers that were heard of in the last minutes, the ones that live first. */
export async function listWorkers(db: Db): Promise<WorkerView[]> {
  const rows = await db.execute(sql`
    select name, to_json(started_at) #>> '{}' as "startedAt", to_json(seen_at) #>> '{}' as "seenAt",
      seen_at > clock_timestamp() - ${WORKER_SILENT_SECONDS} * interval '1 second' as "isAlive"
    from sync_workers order by "isAlive" desc, started_at`);
  return z.array(workerView).parse([...rows]);
}
