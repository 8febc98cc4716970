import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sql } from "drizzle-orm";
import { backupEnd, backupHeader, backupTable } from "#/platform/backup-file.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { listSequences, listTables, quoteName, type TableShape } from "#/platform/list-tables.ts";
import { readSchemaVersion } from "#/platform/migration-journal.ts";

export type BackupProgress = Readonly<{ table: string; rows: number; share: number }>;

type Input = Readonly<{
  file: string;
  /** Names of tables whose rows are of no use in another database. */
  leaveOut: readonly string[];
  onProgress: (progress: BackupProgress) => void;
  /** Aborts when whoever waits for it gives up; no file is left then. */
  signal: AbortSignal;
}>;

const ROWS_AT_ONCE = 100;
const FILE_CALLS: ReadonlySet<string> = new Set(["open", "write", "fsync", "close", "rename"]);

/**
 * Writes every table of the database into a file that `restoreBackup` reads, as all of them stood at one instant, whatever is
 * written meanwhile. Memory does not grow with the database. The file is there only when it is whole, for its owner alone; one
 * of that name is replaced. Throws `INVALID` for a file that
 * can't be written or when `signal` aborts, and the driver's errors.
 */
export async function writeBackup(
  db: Db,
  { file, leaveOut, onProgress, signal }: Input,
): Promise<{ tables: number; rows: number; bytes: number }> {
  const draft = `${file}.${process.pid}.partial`;
  const counts = { tables: 0, rows: 0 };
  try {
    await db.transaction(
      (tx) =>
        pipeline(
          writeLines(tx, { leaveOut, counts, onProgress }),
          createGzip(),
          createWriteStream(draft, { mode: 0o600, flags: "wx", flush: true }),
          { signal },
        ),
      { isolationLevel: "repeatable read", accessMode: "read only" },
    );
    const { size: bytes } = await stat(draft);
    await rename(draft, file);
    return { ...counts, bytes };
  } catch (error) {
    await rm(draft, { force: true });
    throw explainFileError(error, file, signal);
  }
}

function explainFileError(error: unknown, file: string, signal: AbortSignal): unknown {
  if (signal.aborted) return new AppError("INVALID", "The backup was stopped, and no file was left", { cause: error });
  if (!(error instanceof Error)) return error;
  const { code, syscall = "" } = error as NodeJS.ErrnoException;
  if (!FILE_CALLS.has(syscall)) return error;
  return new AppError("INVALID", `${file} can't be written: ${code}`, { cause: error });
}

type Lines = Pick<Input, "leaveOut" | "onProgress"> & Readonly<{ counts: { tables: number; rows: number } }>;

async function* writeLines(tx: Tx, { leaveOut, counts, onProgress }: Lines): AsyncGenerator<string> {
  const tables = (await listTables(tx)).filter(({ table }) => !leaveOut.includes(table));
  yield asLine(backupHeader.parse(await describeDatabase(tx)));
  const allBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytesBefore = 0;
  for (const { table, columns, bytes } of tables) {
    counts.tables += 1;
    onProgress({ table, rows: counts.rows, share: bytesBefore / Math.max(1, allBytes) });
    yield asLine(backupTable.parse({ table, columns: columns.map(({ name }) => name) }));
    for await (const lines of readRows(tx, { table, columns })) {
      counts.rows += lines.length;
      yield `${lines.join("\n")}\n`;
      onProgress({ table, rows: counts.rows, share: bytesBefore / Math.max(1, allBytes) });
    }
    bytesBefore += bytes;
  }
  yield asLine(backupEnd.parse({ end: true, rows: counts.rows }));
}

function asLine(part: object): string {
  return `${JSON.stringify(part)}\n`;
}

async function describeDatabase(tx: Tx): Promise<object> {
  const [row] = await tx.execute<{ madeAt: string }>(sql`select to_json(now()) #>> '{}' as "madeAt"`);
  return {
    format: "ratebook-backup",
    formatVersion: 1,
    schema: await readSchemaVersion(tx),
    madeAt: row?.madeAt,
    // Numbers are given outside of transactions, so these are never below those in the rows.
    sequences: Object.fromEntries((await listSequences(tx)).map(({ name, last }) => [name, last])),
  };
}

async function* readRows(tx: Tx, { table, columns }: Omit<TableShape, "bytes">): AsyncGenerator<string[]> {
  const values = columns.map(({ name }) => `${quoteName(name)}::text`).join(", ");
  await tx.execute(
    sql.raw(
      `declare backup no scroll cursor for select json_build_array(${values})::text as line from ${quoteName(table)}`,
    ),
  );
  for (;;) {
    const rows = await tx.execute<{ line: string }>(sql.raw(`fetch ${ROWS_AT_ONCE} from backup`));
    if (rows.length === 0) break;
    yield rows.map(({ line }) => line);
  }
  await tx.execute(sql.raw("close backup"));
}
