import { drizzle } from "drizzle-orm/postgres-js";
import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { PgDatabase, PgTransaction } from "drizzle-orm/pg-core";
import type { PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { createSocketOpener } from "#/platform/silent-socket.ts";

type NoSchema = Record<string, never>;
export type Tx = PgTransaction<PostgresJsQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>;
/** The pool, or a transaction on it. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, NoSchema>;

export type Database = Readonly<{
  db: Db;
  /** The driver below, for statements that take arrays and for `LISTEN`. */
  sql: Sql;
  close: () => Promise<void>;
}>;

type Options = Readonly<{
  max: number;
  name: string;
  timeoutSeconds?: number;
  /** A connection on which nothing comes or goes for so long is closed; longer than any statement may take. Never when absent. */
  silenceMs?: number;
}>;

/** Opens a pool. Connections are made when they are first needed. */
export function openDatabase(url: string, options: Options): Database {
  const { silenceMs } = options;
  const sql = postgres(url, {
    ...(silenceMs === undefined ? {} : { socket: createSocketOpener(silenceMs) }),
    max: options.max,
    connect_timeout: options.timeoutSeconds ?? 10,
    // The driver's own wait grows to 20 s with the failures of all connections together: too long once the database is back.
    backoff: (failures) => Math.min(1, 0.05 * 2 ** failures),
    // A transaction pooler such as PgBouncer cannot keep named statements.
    prepare: false,
    onnotice: () => {},
    connection: { application_name: `ratebook ${options.name}`, TimeZone: "UTC" },
  });
  return { db: drizzle(sql), sql, close: () => sql.end({ timeout: 5 }) };
}
