import { sql } from "drizzle-orm";
import { readDatabaseUrl } from "#/platform/database-url.ts";
import type { Db } from "#/platform/database.ts";
import type { Metrics } from "#/platform/metrics.ts";

/**
 * The connections that all processes have open, as the database sees them: neither driver tells how many its pool has. Behind a
 * pooler such as PgBouncer they carry no names of ours, and none is counted.
 */
export function measureConnections(metrics: Metrics, db: Db, databaseUrl: string): void {
  const connections = metrics.shared({
    name: "ratebook_database_connections",
    help: "Connections to the database of all processes, by the pool and the state that pg_stat_activity tells",
    labels: ["pool", "state"],
  });
  const prefix = `${readDatabaseUrl(databaseUrl).applicationName} `;
  metrics.readShared(async () => {
    const rows = await db.execute<{ pool: string; state: string; count: number }>(sql`
      select substr(application_name, length(${prefix}) + 1) as pool, coalesce(state, 'unknown') as state, count(*)::int
      from pg_stat_activity where datname = current_database() and starts_with(application_name, ${prefix})
      group by 1, 2`);
    connections([...rows].map(({ pool, state, count }) => ({ labels: { pool, state }, value: count })));
  });
}
