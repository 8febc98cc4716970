import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { CliError } from "#/cli/describe-failure.ts";
import { findMetered } from "#/price/usage-keys.ts";

/** A line of a file of usage as the server takes it, its number in the file, and what was billed for it. */
export type UsageRow = Readonly<{
  line: number;
  asked: Readonly<Record<string, unknown>>;
  billed: string | undefined;
}>;

type Options = Readonly<{
  /** The column of what was billed. */
  billedColumn: string | undefined;
  /** Hears how many bytes more have been read. */
  onBytes: (bytes: number) => void;
}>;

const ABOUT: ReadonlySet<string> = new Set(["id", "seller", "model", "variant", "at"]);
const SEPARATORS = [",", ";", "\t"] as const;

/**
 * The lines of a file one after the other, so that a file of any size needs little memory. A file that begins with `{` is JSON
 * lines, any other a CSV with a header. Throws `CliError` for a column that is no meter, since usage that is passed over would
 * be priced too low, and for a file that can't be read.
 */
export async function* readUsageRows(
  chunks: AsyncIterable<Buffer>,
  { billedColumn, onBytes }: Options,
): AsyncGenerator<UsageRow> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw new CliError("The file is empty");
  async function* all() {
    for (let next: IteratorResult<Buffer> = first; next.done !== true; next = await iterator.next()) {
      onBytes(next.value.length);
      yield next.value;
    }
  }
  const head = first.value.toString("utf8").replace(/^\uFEFF/, "");
  const input = Readable.from(all());
  yield* /^\s*\{/.test(head) ? readJsonLines(input, billedColumn) : readCsvLines(input, head, billedColumn);
}

async function* readJsonLines(input: Readable, billedColumn: string | undefined): AsyncGenerator<UsageRow> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === "") continue;
    const fields = parseObject(text.replace(/^\uFEFF/, ""), line);
    if (billedColumn !== undefined && !(billedColumn in fields))
      throw new CliError(`line ${line}: there is no field "${billedColumn}"`);
    yield toRow(line, fields, billedColumn);
  }
}

function parseObject(text: string, line: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, as for what is JSON and no object.
  }
  throw new CliError(`line ${line}: not a JSON object`);
}

type CsvRecord = Readonly<{ record: Readonly<Record<string, string>>; info: Readonly<{ lines: number }> }>;

async function* readCsvLines(
  input: Readable,
  head: string,
  billedColumn: string | undefined,
): AsyncGenerator<UsageRow> {
  const parser = parse({
    bom: true,
    columns: (names: string[]) => checkColumns(names, billedColumn),
    delimiter: separatorOf(head),
    info: true,
    skip_empty_lines: true,
    trim: true,
  });
  input.on("error", (error) => parser.destroy(error)).pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      const filled = Object.entries(record).filter(([, value]) => value !== "");
      yield toRow(info.lines, Object.fromEntries(filled), billedColumn);
    }
  } catch (error) {
    if (error instanceof CsvError) throw new CliError(`The CSV can't be read: ${error.message}`);
    throw error;
  }
}

function separatorOf(head: string): string {
  const [first = ""] = head.split(/\r|\n/);
  const counts = SEPARATORS.map((separator) => ({ separator, count: first.split(separator).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.separator ?? ",";
}

function checkColumns(names: readonly string[], billedColumn: string | undefined): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CliError(`The header names the column "${twice}" twice`);
  for (const needed of ["model", ...(billedColumn === undefined ? [] : [billedColumn])])
    if (!names.includes(needed)) throw new CliError(`The header has no column "${needed}"`);
  const unknown = names.find((name) => name !== billedColumn && !ABOUT.has(name) && !isUsage(name));
  if (unknown !== undefined)
    throw new CliError(
      `The column "${unknown}" is no meter: they are called input, output, cache_read and so on. Leave out what is none`,
    );
  return [...names];
}

function isUsage(name: string): boolean {
  return name === "results" || findMetered(name) !== undefined;
}

/** What is neither about the line nor billed is usage, unless the line has its `usage` in one. */
function toRow(line: number, fields: Readonly<Record<string, unknown>>, billedColumn: string | undefined): UsageRow {
  const about: Record<string, unknown> = {};
  const usage: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === billedColumn || name === "usage") continue;
    if (ABOUT.has(name)) about[name] = value;
    else usage[name] = value;
  }
  const billed = billedColumn === undefined ? undefined : fields[billedColumn];
  return {
    line,
    asked: { ...about, usage: fields["usage"] ?? usage },
    billed: typeof billed === "string" || typeof billed === "number" ? String(billed) : undefined,
  };
}
