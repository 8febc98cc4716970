import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import type { Random } from "#/market/random.ts";
import type { Server, World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";

export type Holder = Readonly<{ server: Server; fence: string; jobId: string }>;

/** The worker that holds the lease now, with a job that has started. Throws when none does for long. */
export function findHolder(world: World, timeoutMs = 30_000): Promise<Holder> {
  return eventually(
    "a worker holds the lease",
    async () => {
      const [row] = await world.sql<{ worker: string; fence: string; job: string }[]>`
        select l.worker, l.fence::text, j.job_id::text as job from pricing_sync_lock l join pricing_sync_jobs j
          on j.job_id = l.job_id and j.fence = l.fence and j.status = 'running'
        where l.locked_by is not null and l.expires_at > clock_timestamp()`;
      const pid = row?.worker.split("/").at(-1);
      const server = world.servers().find(({ process }) => String(process.child.pid) === pid);
      return row !== undefined && server !== undefined && { server, fence: row.fence, jobId: row.job };
    },
    timeoutMs,
  );
}

export async function databaseNow(sql: Sql): Promise<string> {
  const [row] = await sql<{ now: string }[]>`select clock_timestamp()::text as now`;
  if (row === undefined) throw new Error("the database did not tell the time");
  return row.now;
}

/** Waits until another worker has been granted the lease and has started; answers how long after `since` that was. */
export async function takeoverMs(sql: Sql, since: string, fence: string, timeoutMs = 25_000): Promise<number> {
  return eventually(
    "somebody takes over",
    async () => {
      const [row] = await sql<{ ms: number | null }[]>`
        select extract(epoch from min(at) - ${since}::text::timestamptz)::float8 * 1000 as ms from pricing_sync_events
        where kind = 'started' and fence > ${fence}::text::bigint and at > ${since}::text::timestamptz`;
      return row?.ms ?? undefined;
    },
    timeoutMs,
  );
}

/** From now until a run's next event; there is one to run. */
export async function recoveryMs(world: World, timeoutMs = 60_000): Promise<number> {
  const since = await databaseNow(world.sql);
  await keepBacklog(world, 1);
  return eventually(
    "a run goes on",
    async () => {
      const [row] = await world.sql<{ ms: number | null }[]>`
        select extract(epoch from min(at) - ${since}::text::timestamptz)::float8 * 1000 as ms from pricing_sync_events
        where fence is not null and at > ${since}::text::timestamptz`;
      return row?.ms ?? undefined;
    },
    timeoutMs,
  );
}

/** Keeps `least` jobs waiting, each with prices of its own, so that a worker always has something to do. */
export async function keepBacklog(world: World, least: number): Promise<void> {
  const [row] = await world.sql<{ left: number }[]>`
    select count(*)::int as left from pricing_sync_jobs where status in ('queued', 'running')`;
  for (let left = row?.left ?? 0; left < least; left += 1) await world.trigger();
  world.source.moveOn();
}

/** The longest that a sync of the suite's sources takes when nothing disturbs it. */
const RUN_MS = 900;

/** The holder at a random moment of its run, or of the one after. */
export async function findHolderAtRandom(world: World, random: Random): Promise<Holder> {
  await keepBacklog(world, 3);
  await findHolder(world);
  await sleep(random.integer(0, RUN_MS));
  return findHolder(world);
}
