import { parse } from "csv-parse/sync";
import type { z } from "zod";
import { AppError } from "#/platform/errors.ts";

export type CsvLine<T> = Readonly<{ line: number; value: T }>;
export type CsvProblem = Readonly<{ line: number; problem: string }>;

const MOST_LINES = 100_000;

/** Reads a CSV with a header line by a schema. Throws `INVALID` when it is none; a bad line is a problem with its number. */
export function readCsv<T>(text: string, schema: z.ZodType<T>): { lines: CsvLine<T>[]; problems: CsvProblem[] } {
  const lines: CsvLine<T>[] = [];
  const problems: CsvProblem[] = [];
  for (const { record, line } of parseText(text)) {
    const filled = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ""));
    const read = schema.safeParse(filled);
    if (read.success) lines.push({ line, value: read.data });
    else
      problems.push({
        line,
        problem: read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
      });
  }
  return { lines, problems };
}

function parseText(text: string): { record: Record<string, string>; line: number }[] {
  try {
    const rows = parse(text, {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      to: MOST_LINES,
    });
    return (rows as unknown as { record: Record<string, string>; info: { lines: number } }[]).map(
      ({ record, info }) => ({
        record,
        line: info.lines,
      }),
    );
  } catch (cause) {
    throw new AppError("INVALID", `This is no CSV with a header line: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
}
