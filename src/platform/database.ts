import { drizzle } from "drizzle-orm/postgres-js";
import { sql, type ExtractTablesWithRelations } from "drizzle-orm";
import type { PgDatabase, PgTransaction } from "drizzle-orm/pg-core";
import type { PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { readDatabaseUrl } from "#/platform/database-url.ts";
import { ServerSocket, STARTUP_PADDING } from "#/platform/server-socket.ts";

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

/** What every session of ours needs, whatever the database's or the user's own settings are. */
export const SESSION_SETTINGS = {
  // A pooler takes these two from anybody who connects.
  always: { TimeZone: "UTC", DateStyle: "ISO" },
  /** Statements with a name are planned for the values of each call until the server finds that one plan serves all. */
  whereNamed: { plan_cache_mode: "auto" },
  /** A pooler may refuse them, so `prepareDatabase` adds those that differ to the URL. */
  whereOther: {
    default_transaction_isolation: "read committed",
    bytea_output: "hex",
    IntervalStyle: "postgres",
    standard_conforming_strings: "on",
  },
} as const;

/**
 * A column of a transaction's first statement: what follows in it is planned for its values. For statements that take thousands
 * of rows as one value, of which a plan for all values expects ten.
 */
export const PLANNED_FOR_ITS_VALUES = sql`set_config('plan_cache_mode', 'force_custom_plan', true)`;

/** Opens a pool. Connections are made when they are first needed. Throws `INVALID` for a URL that can't be read. */
export function openDatabase(url: string, options: Options): Database {
  const driver = openDriver(url, options);
  return { db: drizzle(driver), sql: driver, close: () => driver.end({ timeout: 5 }) };
}

/** The driver's own pool, for callers that need no tables. */
export function openDriver(url: string, { max, name, timeoutSeconds = 10, silenceMs }: Options): Sql {
  const target = readDatabaseUrl(url);
  const connection = {
    // The driver only names them in its messages; the socket is ours.
    host: target.host,
    port: target.port,
    user: target.user,
    ...(target.password === undefined ? {} : { pass: target.password }),
    database: target.database,
    ssl: false,
    socket: () => new ServerSocket(target, { silenceMs }).connect(),
    max,
    connect_timeout: timeoutSeconds,
    // The driver's own wait grows to 20 s with the failures of all connections together: too long once the database is back.
    backoff: (failures: number) => Math.min(1, 0.05 * 2 ** failures),
    // A statement that the session has read before takes one way to the server instead of two.
    prepare: !target.isPooledByTransaction,
    onnotice: () => {},
    connection: {
      ...STARTUP_PADDING,
      application_name: `${target.applicationName} ${name}`,
      ...SESSION_SETTINGS.always,
      ...(target.isPooledByTransaction ? {} : SESSION_SETTINGS.whereNamed),
      ...(target.options === undefined ? {} : { options: target.options }),
    },
  };
  return postgres(connection);
}
