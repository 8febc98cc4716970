import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { z } from "zod";
import { openDatabase, SESSION_SETTINGS, type Db } from "#/platform/database.ts";
import { readDatabaseUrl, withSessionSetting } from "#/platform/database-url.ts";
import { AppError } from "#/platform/errors.ts";
import { compareSchema } from "#/platform/migrate.ts";

/** One thing that has to be right, and what it was found to be. */
export const check = z.object({ name: z.string(), passed: z.boolean(), words: z.string() });
export type Check = z.infer<typeof check>;

/** The oldest major version that is tested. */
const OLDEST_MAJOR = 15;
const MOST_SECONDS_APART = 5;

const serverFacts = z.object({
  versionNumber: z.number(),
  version: z.string(),
  encoding: z.string(),
  isInRecovery: z.boolean(),
  isReadOnly: z.boolean(),
  mayCreateSchemas: z.boolean(),
  mayCreateTables: z.boolean(),
  tls: z.string().nullable(),
  secondsAhead: z.number(),
});
export type ServerFacts = z.infer<typeof serverFacts>;

async function readServerFacts(db: Db): Promise<ServerFacts> {
  const askedAt = Date.now();
  const [row] = await db.execute(sql`
    select current_setting('server_version_num')::int as "versionNumber", current_setting('server_version') as version,
      pg_encoding_to_char(encoding) as encoding, pg_is_in_recovery() as "isInRecovery",
      current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
      has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreateTables",
      (select version from pg_stat_ssl where pid = pg_backend_pid()) as tls,
      extract(epoch from clock_timestamp())::float8 as "secondsAhead"
    from pg_database where datname = current_database()`);
  const facts = serverFacts.parse(row);
  return { ...facts, secondsAhead: facts.secondsAhead - (askedAt + Date.now()) / 2_000 };
}

/** What a server must be before anything is written to it. */
export function checkServer(facts: ServerFacts): Check[] {
  const major = Math.floor(facts.versionNumber / 10_000);
  const isWritable = !facts.isInRecovery && !facts.isReadOnly;
  const readOnly = facts.isInRecovery
    ? "The server is a read-only replica (in recovery). Name the primary server in DATABASE_URL"
    : "Transactions are read-only (default_transaction_read_only). Ratebook has to write: name another user or server";
  return [
    {
      name: "version",
      passed: major >= OLDEST_MAJOR,
      words:
        major >= OLDEST_MAJOR
          ? `PostgreSQL ${facts.version}`
          : `The server is PostgreSQL ${facts.version}. Ratebook needs ${OLDEST_MAJOR} or newer`,
    },
    {
      name: "encoding",
      passed: facts.encoding === "UTF8",
      words:
        facts.encoding === "UTF8"
          ? "UTF8"
          : `The database's encoding is ${facts.encoding}, which cannot hold every model's name. Create one with: create database … encoding 'UTF8' template template0`,
    },
    { name: "writable", passed: isWritable, words: isWritable ? "the server accepts writes" : readOnly },
  ];
}

/**
 * Looks at the server before the first write. Answers the URL to work with, which sets what the database or the user has set
 * otherwise than we need it. Throws `UNAVAILABLE` in words when the server cannot be used, and the driver's error when it
 * cannot be reached.
 */
export async function prepareDatabase(url: string, log: Logger): Promise<string> {
  const { ignored } = readDatabaseUrl(url);
  if (ignored.length > 0) log.warn({ ignored }, "database: these parameters of DATABASE_URL have no effect here");
  const { db, close } = openDatabase(url, { max: 1, name: "start" });
  try {
    const facts = await readServerFacts(db);
    const failed = checkServer(facts).filter(({ passed }) => !passed);
    if (failed.length > 0) throw new AppError("UNAVAILABLE", failed.map(({ words }) => `${words}.`).join("\n"));
    return await addSessionSettings(db, url);
  } finally {
    await close();
  }
}

async function addSessionSettings(db: Db, url: string): Promise<string> {
  const rows = await db.execute<{ name: string; setting: string }>(sql`select name, setting from pg_settings`);
  const current = new Map(rows.map(({ name, setting }) => [name, setting]));
  return Object.entries(SESSION_SETTINGS.whereOther)
    .filter(([name, value]) => current.get(name) !== value)
    .reduce((all, [name, value]) => withSessionSetting(all, name, value), url);
}

const SCHEMA_WORDS = {
  missing: "The tables are not there, or can't be read. Starting Ratebook creates them",
  current: "the tables are those of this version",
  older: "The tables are those of an older version of Ratebook. Starting this one brings them up to date",
  newer: "A newer version of Ratebook has changed the tables. Start that version, and stop this one",
} as const;

/** Everything that can be seen of the database that a process works on. Throws when it cannot be reached. */
export async function checkDatabase(db: Db): Promise<Check[]> {
  const facts = await readServerFacts(db);
  const mayCreate = facts.mayCreateSchemas && facts.mayCreateTables;
  const apart = Math.abs(facts.secondsAhead);
  const schema = await compareSchema(db).catch(() => "missing" as const);
  return [
    ...checkServer(facts),
    { name: "tls", passed: true, words: facts.tls === null ? "the connection is not encrypted" : facts.tls },
    {
      name: "rights",
      passed: mayCreate,
      words: mayCreate
        ? "the user may create schemas and tables"
        : "The user may not create schemas or tables. As the database's owner, run: grant create on database and on schema public",
    },
    {
      name: "schema",
      passed: schema === "current",
      words: SCHEMA_WORDS[schema],
    },
    {
      name: "clock",
      passed: apart <= MOST_SECONDS_APART,
      words: `the database's clock and this machine's are ${apart.toFixed(1)} s apart${apart <= MOST_SECONDS_APART ? "" : ". Let both follow a time server (NTP)"}`,
    },
  ];
}
