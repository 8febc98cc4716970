import { parse } from "csv-parse/sync";
import { z } from "zod";
import { AppError } from "#/platform/errors.ts";

export type CsvLine<T> = Readonly<{ line: number; value: T }>;
export type CsvProblem = Readonly<{ line: number; problem: string }>;

const MOST_LINES = 100_000;
const SEPARATORS = [",", ";", "\t"] as const;

/** A number as people write it in a spreadsheet. Whether a comma is a decimal point or groups digits is never guessed. */
export const csvNumber = z.string().refine((text) => !text.includes(","), {
  error: ({ input }) =>
    `"${String(input)}" has a comma; write decimals with a point and leave thousands together, such as 1250.5`,
  abort: true,
});

/**
 * Reads a CSV with a header line by a schema: separated by commas, semicolons or tabs, as its header is, with lines that end
 * as they like. Throws `INVALID` when it is none; a bad line is a problem with its number.
 */
export function readCsv<T>(text: string, schema: z.ZodType<T>): { lines: CsvLine<T>[]; problems: CsvProblem[] } {
  const layout = findLayout(text);
  const [head, ...rows] = parseRows(text, layout);
  const names = (head?.values ?? []).map((name) => name.toLowerCase());
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) throw new AppError("INVALID", `The header names the column "${twice}" twice`);
  const lines: CsvLine<T>[] = [];
  const problems: CsvProblem[] = [];
  for (const { values, line } of rows) {
    const problem = describeLength(values, names, layout.separator);
    const filled = names.flatMap((name, index) => {
      const value = values[index] ?? "";
      return value === "" ? [] : [[name, value] as const];
    });
    const read = problem === undefined ? schema.safeParse(Object.fromEntries(filled)) : undefined;
    if (read?.success) lines.push({ line, value: read.data });
    else problems.push({ line, problem: problem ?? describeIssues(read?.error) });
  }
  return { lines, problems };
}

function describeIssues(error: z.ZodError | undefined): string {
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

/** A line that is longer than the header is most often a number with a decimal comma. */
function describeLength(values: readonly string[], names: readonly string[], separator: string): string | undefined {
  if (values.length < names.length) return `it has ${values.length} fields, and the header has ${names.length}`;
  if (values.slice(names.length).every((value) => value === "")) return undefined;
  const hint = separator === "," ? ". Write decimals with a point, and put a text that has a comma in quotes" : "";
  return `it has ${values.length} fields, and the header has ${names.length}${hint}`;
}

type Layout = Readonly<{ separator: string; fromLine: number }>;

/** Excel may say the separator in a line of its own before the header: `sep=;`. */
function findLayout(text: string): Layout {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const headAt = lines.findIndex((line) => line.trim() !== "");
  const head = lines[headAt] ?? "";
  const [, said] = /^"?sep=(.)"?$/i.exec(head.trimEnd()) ?? (head.startsWith("sep=\t") ? ["", "\t"] : []);
  if (said !== undefined) return { separator: said, fromLine: headAt + 2 };
  const [separator = ",", other] = SEPARATORS.filter((one) => head.includes(one));
  if (other !== undefined)
    throw new AppError("INVALID", "The header line has more than one of comma, semicolon and tab between its columns");
  return { separator, fromLine: 1 };
}

function parseRows(text: string, { separator, fromLine }: Layout): { values: string[]; line: number }[] {
  try {
    const rows = parse(text, {
      bom: true,
      delimiter: separator,
      trim: separator !== "\t",
      from_line: fromLine,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    if (rows.length > MOST_LINES) throw new AppError("INVALID", `The CSV has more than ${MOST_LINES} lines`);
    return rows.map(({ record, info }) => ({ values: record.map((value) => value.trim()), line: info.lines }));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      "INVALID",
      `This is not a CSV with a header line: ${cause instanceof Error ? cause.message : ""}`,
      {
        cause,
      },
    );
  }
}
