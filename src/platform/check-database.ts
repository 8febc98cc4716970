import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { z } from "zod";
import { openDatabase, SESSION_SETTINGS, type Db } from "#/platform/database.ts";
import { readDatabaseUrl, withSessionSetting } from "#/platform/database-url.ts";
import { AppError } from "#/platform/errors.ts";

/** One thing that has to be right, and what it was found to be. */
export type Check = Readonly<{ name: string; passed: boolean; words: string }>;

/** The oldest major version that is tested. */
const OLDEST_MAJOR = 15;

const serverFacts = z.object({
  versionNumber: z.number(),
  version: z.string(),
  encoding: z.string(),
  isInRecovery: z.boolean(),
  isReadOnly: z.boolean(),
});
export type ServerFacts = z.infer<typeof serverFacts>;

async function readServerFacts(db: Db): Promise<ServerFacts> {
  const [row] = await db.execute(sql`
    select current_setting('server_version_num')::int as "versionNumber", current_setting('server_version') as version,
      pg_encoding_to_char(encoding) as encoding, pg_is_in_recovery() as "isInRecovery",
      current_setting('default_transaction_read_only') = 'on' as "isReadOnly"
    from pg_database where datname = current_database()`);
  return serverFacts.parse(row);
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
