import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "#/platform/database.ts";

const ids = z.array(z.number());
const signal = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("job.ended"), jobId: z.string(), data: z.object({ status: z.string() }) }),
  z.object({ kind: z.literal("price.changed"), jobId: z.string().nullable(), data: ids }),
  z.object({ kind: z.literal("price.held"), jobId: z.string(), data: ids }),
  z.object({
    kind: z.literal("lock.stolen"),
    jobId: z.string().nullable(),
    data: z.object({ worker: z.string().nullable(), by: z.string().nullable() }),
  }),
]);
export type Signal = z.infer<typeof signal>;

const MOST_AT_ONCE = 1_000;

const READY = sql`s.kind = 'lock.stolen' or not exists (
  select from pricing_sync_jobs j where j.job_id = s.job_id and j.status in ('queued', 'running'))`;

/** Whether there is anything to take. */
export const areSignalsReady = sql<boolean>`exists (select from alert_signals s where ${READY})`;

/** Takes what has happened, oldest first. What a run does is left where it is until that run has ended. */
export async function takeSignals(tx: Tx): Promise<Signal[]> {
  const rows = await tx.execute(sql`
    with taken as (
      delete from alert_signals where id in (
        select s.id from alert_signals s
        where ${READY}
        order by s.id limit ${MOST_AT_ONCE})
      returning id, kind, job_id, data)
    select kind, job_id as "jobId", data from taken order by id`);
  return z.array(signal).parse([...rows]);
}
