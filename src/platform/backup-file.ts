import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { AppError } from "#/platform/errors.ts";

/**
 * A backup is gzip of lines of JSON: the header; then of each table its name and columns, followed by its rows as arrays,
 * every value as PostgreSQL writes it as text, or null; and the end, which says how many rows there are.
 */
export const backupHeader = z.object({
  format: z.literal("ratebook-backup"),
  formatVersion: z.literal(1),
  /** When the newest migration was made that the tables have been through. */
  schema: z.number(),
  madeAt: z.string(),
  /** The last number each sequence gave; null for one that gave none. */
  sequences: z.record(z.string(), z.string().nullable()),
});
export type BackupHeader = z.infer<typeof backupHeader>;

export const backupTable = z.object({ table: z.string(), columns: z.array(z.string()) });
export type BackupTable = z.infer<typeof backupTable>;

export const backupEnd = z.object({ end: z.literal(true), rows: z.number() });

export type BackupReader = Readonly<{
  header: (header: BackupHeader) => Promise<void>;
  table: (table: BackupTable) => Promise<void>;
  /** Rows of the table that was named last, as they stand in the file. */
  rows: (lines: readonly string[]) => Promise<void>;
  /** Bytes of the file that have been read. */
  bytes: (count: number) => void;
}>;

const ROWS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 1_000_000;
/** Of the file system: there is no such file, it is a folder, it may not be read. */
const UNREADABLE: ReadonlySet<string> = new Set(["ENOENT", "EISDIR", "EACCES", "EPERM"]);

/**
 * Reads a backup from its beginning to its end, a few rows at a time. Throws `INVALID` in words for a file that can't be
 * read, is no backup, is damaged, or is cut off; the reader has then been given what stood before the fault.
 */
export async function readBackup(file: string, reader: BackupReader): Promise<void> {
  let bytes = 0;
  try {
    await pipeline(
      createReadStream(file),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          reader.bytes(bytes);
          yield chunk;
        }
      },
      createGunzip(),
      (text: AsyncIterable<Buffer>) => readParts(file, text, reader),
    );
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const { code = "", message } = cause as NodeJS.ErrnoException;
    if (UNREADABLE.has(code)) throw new AppError("INVALID", `${file} can't be read: ${code}`, { cause });
    if (code.startsWith("Z_")) throw damaged(file, message, cause);
    throw cause;
  }
}

async function readParts(file: string, text: AsyncIterable<Buffer>, reader: BackupReader): Promise<void> {
  let header: BackupHeader | undefined;
  let said: number | undefined;
  let rows = 0;
  let waiting: string[] = [];
  let characters = 0;
  const passOn = async () => {
    const lines = waiting;
    [waiting, characters] = [[], 0];
    if (lines.length > 0) await reader.rows(lines);
  };
  for await (const line of splitLines(text)) {
    if (header === undefined) {
      header = readHeader(file, line);
      await reader.header(header);
    } else if (line.startsWith("[")) {
      rows += 1;
      characters += line.length;
      if (waiting.push(line) >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) await passOn();
    } else {
      await passOn();
      const part = z.union([backupTable, backupEnd]).safeParse(parseJson(line));
      if (!part.success) throw damaged(file, "a line is neither a table nor a row");
      if ("end" in part.data) said = part.data.rows;
      else await reader.table(part.data);
    }
  }
  if (header === undefined) throw new AppError("INVALID", `${file} is no backup of Ratebook: it is empty`);
  if (said !== rows) throw damaged(file, said === undefined ? "it has no end" : `it has ${rows} of ${said} rows`);
}

/** Its last piece is no line when the file is whole. */
async function* splitLines(text: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pieces: string[] = [];
  for await (const chunk of text) {
    const piece = decoder.decode(chunk, { stream: true });
    pieces.push(piece);
    if (!piece.includes("\n")) continue;
    const lines = pieces.join("").split("\n");
    pieces = [lines.pop() ?? ""];
    yield* lines;
  }
}

function readHeader(file: string, line: string): BackupHeader {
  const header = backupHeader.safeParse(parseJson(line));
  if (header.success) return header.data;
  throw new AppError("INVALID", `${file} is no backup that this Ratebook can read`, { cause: header.error });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function damaged(file: string, words: string, cause?: unknown): AppError {
  return new AppError("INVALID", `${file} is damaged or was cut off: ${words}. Use another backup`, { cause });
}
