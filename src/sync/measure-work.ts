import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import type { Metrics } from "#/platform/metrics.ts";
import { IS_HELD, LOCK_KEY } from "#/sync/lease/lease.ts";
import { listWorkers } from "#/sync/run/announce-worker.ts";

/** How the sources, the lock and the workers stand now, by the database's clock. */
export function measureWork(metrics: Metrics, db: Db): void {
  measureSources(metrics, db);
  measureLock(metrics, db);
  const workers = metrics.shared({ name: "ratebook_workers", help: "Workers that live" });
  metrics.readShared(async () => {
    const alive = (await listWorkers(db)).filter(({ isAlive }) => isAlive);
    workers([{ labels: {}, value: alive.length }]);
  });
}

function measureSources(metrics: Metrics, db: Db): void {
  const age = metrics.shared({
    name: "ratebook_source_age_seconds",
    help: "Since a source that is enabled was read well, or since it was added when it never was",
    labels: ["source"],
  });
  const failing = metrics.shared({
    name: "ratebook_source_failing",
    help: "1 when the last read of a source that is enabled failed",
    labels: ["source"],
  });
  const success = metrics.shared({
    name: "ratebook_last_success_age_seconds",
    help: "Since a sync ended with every source read; left out before the first one",
  });
  metrics.readShared(async () => {
    const rows = await db.execute<{ source: string; seconds: number; isFailing: boolean }>(sql`
      select name as source, extract(epoch from clock_timestamp() - coalesce(last_success_at, created_at))::float8 as seconds,
        last_outcome is not distinct from 'failed' as "isFailing" from sources where enabled`);
    age([...rows].map(({ source, seconds }) => ({ labels: { source }, value: seconds })));
    failing([...rows].map(({ source, isFailing }) => ({ labels: { source }, value: Number(isFailing) })));
    const last = await db.execute<{ value: number }>(sql`
      select extract(epoch from clock_timestamp() - completed_at)::float8 as value from pricing_sync_jobs
      where status = 'success' and kind = 'sync' and not coalesce((input ->> 'dryRun')::boolean, false)
      order by triggered_at desc limit 1`);
    success([...last].map(({ value }) => ({ labels: {}, value })));
  });
}

function measureLock(metrics: Metrics, db: Db): void {
  const held = metrics.shared({ name: "ratebook_lock_held", help: "1 while a worker holds the sync lock" });
  const age = metrics.shared({
    name: "ratebook_lock_held_seconds",
    help: "For how long the present holder has had the sync lock; 0 when nobody holds it",
  });
  metrics.readShared(async () => {
    const [row] = await db.execute<{ seconds: number }>(sql`
      select extract(epoch from clock_timestamp() - locked_at)::float8 as seconds
      from pricing_sync_lock where lock_key = ${LOCK_KEY} and ${IS_HELD}`);
    held([{ labels: {}, value: row === undefined ? 0 : 1 }]);
    age([{ labels: {}, value: Math.max(0, row?.seconds ?? 0) }]);
  });
}
