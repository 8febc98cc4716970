import { stat } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { readBackup, type BackupHeader, type BackupTable } from "#/platform/backup-file.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { readDatabaseUrl } from "#/platform/database-url.ts";
import { AppError } from "#/platform/errors.ts";
import { listTables, quoteName, type TableShape } from "#/platform/list-tables.ts";
import { isKnownSchema, migrateTo, withMigrationLock } from "#/platform/migrate.ts";
import { withoutTriggers } from "#/platform/without-triggers.ts";

export type RestoreProgress = Readonly<{ words: string; share: number }>;
export type Restored = Readonly<{ tables: number; rows: number; madeAt: string }>;

type Input = Readonly<{ file: string; onProgress: (progress: RestoreProgress) => void }>;

/**
 * Fills an empty database from a backup, and brings its tables to this version of Ratebook. A process that starts on it
 * meanwhile waits. The whole file is read before anything is written, and all rows are written in one transaction. Throws
 * `INVALID` for a file that is no whole backup, `CONFLICT` for one of a newer version, for a database that is not empty, and
 * for one that a Ratebook is working on.
 */
export async function restoreBackup(url: string, { file, onProgress }: Input): Promise<Restored> {
  const { header, tables, rows } = await checkBackup(file, onProgress);
  if (!(await isKnownSchema(header.schema))) {
    throw new AppError(
      "CONFLICT",
      `${file} was made by a newer version of Ratebook, whose tables this one does not know. Restore it with that version`,
    );
  }
  await withMigrationLock(url, async (db) => {
    await refuseLiveProcesses(db, readDatabaseUrl(url).applicationName);
    await refuseWhatIsThere(db);
    await migrateTo(db, header.schema);
    await db.transaction((tx) => fillTables(tx, { file, header, onProgress }));
    await migrateTo(db);
  });
  return { tables, rows, madeAt: header.madeAt };
}

async function checkBackup(file: string, onProgress: Input["onProgress"]) {
  const found: { header: BackupHeader | undefined; tables: number; rows: number } = {
    header: undefined,
    tables: 0,
    rows: 0,
  };
  await readBackup(file, {
    header: async (header) => void (found.header = header),
    table: async () => void (found.tables += 1),
    rows: async (lines) => void (found.rows += lines.length),
    bytes: await measure(file, (share) => onProgress({ words: `checking, ${found.rows} rows`, share: share / 2 })),
  });
  if (found.header === undefined) throw new Error("a backup was read that has no header");
  return { ...found, header: found.header };
}

/** Calls back with the share of a file that has been read, from how many bytes have been. */
async function measure(file: string, tell: (share: number) => void): Promise<(bytes: number) => void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return (bytes) => tell(bytes / Math.max(1, size));
}

async function refuseLiveProcesses(db: Db, applicationName: string): Promise<void> {
  const rows = await db.execute<{ name: string }>(sql`
    select distinct application_name as name from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name like ${`${applicationName} %`}
    order by 1`);
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => `"${name}"`).join(", ");
  throw new AppError("CONFLICT", `A Ratebook is connected to this database (${names}). Stop it, then restore`);
}

async function refuseWhatIsThere(db: Db): Promise<void> {
  const [first] = await listTables(db);
  const rows = await db.execute(sql`select from pg_namespace where nspname in ('drizzle', 'pgboss')`);
  if (first === undefined && rows.length === 0) return;
  throw new AppError(
    "CONFLICT",
    "The database is not empty, and nothing in it was changed. Restore into a new one: create database, and name it in DATABASE_URL; for the embedded one, set RATEBOOK_DATA_DIR to a folder that is not there yet",
  );
}

type Filling = Input & Readonly<{ header: BackupHeader }>;

async function fillTables(tx: Tx, { file, header, onProgress }: Filling): Promise<void> {
  const shapes = new Map((await listTables(tx)).map((shape) => [shape.table, shape]));
  const names = [...shapes.keys()];
  await withoutTriggers(tx, names, async () => {
    await tx.execute(sql.raw(`truncate ${names.map(quoteName).join(", ")}`));
    await insertRows(tx, { file, onProgress }, shapes);
  });
  for (const [name, last] of Object.entries(header.sequences))
    if (last !== null) await tx.execute(sql`select setval(${quoteName(name)}::regclass, ${last}::bigint)`);
}

async function insertRows(tx: Tx, { file, onProgress }: Input, shapes: ReadonlyMap<string, TableShape>): Promise<void> {
  let insert: Insert | undefined;
  await readBackup(file, {
    header: async () => {},
    table: async (table) => void (insert = planInsert(table, shapes.get(table.table))),
    rows: async (lines) => {
      if (insert === undefined) throw new AppError("INVALID", `${file} has a row before its first table`);
      await tx.execute(sql`${sql.raw(insert.before)} ${`[${lines.join(",")}]`}::text::json ${sql.raw(insert.after)}`);
    },
    bytes: await measure(file, (share) =>
      onProgress({ words: `writing ${insert?.table ?? "tables"}`, share: 0.5 + share / 2 }),
    ),
  });
}

type Insert = Readonly<{ table: string; before: string; after: string }>;

/** The two halves of a statement; between them stands a JSON array of rows. */
function planInsert({ table, columns }: BackupTable, shape: TableShape | undefined): Insert {
  const types = new Map(shape?.columns.map(({ name, type }) => [name, type]));
  const values = columns.map((name, index) => {
    const type = types.get(name);
    if (type === undefined)
      throw new AppError("INVALID", `The backup's ${table}.${name} is in no table of its version`);
    return `(line ->> ${index})::${type}`;
  });
  return {
    table,
    before: `insert into ${quoteName(table)} (${columns.map(quoteName).join(", ")}) overriding system value
      select ${values.join(", ")} from json_array_elements(`,
    after: ") as line",
  };
}
