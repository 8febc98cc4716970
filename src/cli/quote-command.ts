import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { Option, type Command } from "commander";
import { pMapIterable } from "p-map";
import type { RatebookOutputs } from "#/client/ratebook-client.ts";
import { RatebookError } from "#/client/ratebook-error.ts";
import { defineCommand, formatNote, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { focusHeader, writeFocusRows } from "#/cli/focus-rows.ts";
import { formatCount, plural } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import { createBottomLine, formatReading } from "#/cli/progress-bar.ts";
import {
  addToTotals,
  formatTotals,
  startTotals,
  totalsDocument,
  type QuotedLine,
  type QuoteTotals,
} from "#/cli/quote-totals.ts";
import { readUsageRows, type UsageRow } from "#/cli/read-usage-rows.ts";
import { callRest } from "#/cli/rest-call.ts";
import type { CliIo, Session } from "#/cli/session.ts";

type Options = Readonly<{ compare?: string; format?: "focus"; billingAccount: string }>;

const BATCHES = { lines: 2_000, atOnce: 4 };
/** Answers with a line for each meter are many times as long, and writing their rows takes longer than waiting for them. */
const DETAILED_BATCHES = { lines: 250, atOnce: 2 };
const MOST_TRIES = 20;
const SHOWN_PROBLEMS = 10;

/** `ratebook quote FILE` */
export function addQuoteCommand(program: Command, run: Run): void {
  defineCommand(
    program,
    "quote",
    "Works out what requests cost, made or planned, each by the price of its instant, with totals by model and day.",
    [
      "quote usage.csv",
      "quote usage.jsonl --json",
      "quote invoice.csv --compare billed_usd",
      "quote usage.csv --format focus > focus.csv",
      "quote - < usage.csv",
    ],
    "quote",
  )
    .argument("<file>", "CSV or JSON lines; - reads stdin")
    .option("--compare <column>", "what was billed in USD: prints where it is another amount")
    .addOption(new Option("--format <format>", "prints rows of FOCUS 1.2 as CSV instead of totals").choices(["focus"]))
    .option("--billing-account <id>", "with --format focus: who pays", "estimate")
    .addHelpText(
      "after",
      formatNote(
        "Columns: model, seller, variant, at (an instant, now when empty) and one per meter, such as input, output, cache_read " +
          "or input/second. Every token counts under one meter: cached ones are no input. A JSON line has the same fields, or " +
          'a provider\'s own usage object as "usage".',
      ),
    )
    .action((file: string, options: Options, command: Command) =>
      run(command, (session) => quoteFile(session, file, options)),
    );
}

async function quoteFile(session: Session, file: string, options: Options): Promise<ExitCode> {
  const { io, width, print } = session;
  const { compare, format, billingAccount } = options;
  const isCompared = compare !== undefined;
  if (format !== undefined && (session.json || isCompared))
    throw new CliError("--format focus prints a CSV of its own: leave --json and --compare out");
  // What a line has needed is garbage soon, and Node lets more of it pile up by itself (`npm run bench -- --only quote-file`).
  setFlagsFromString("--heap-growing-percent=80");
  const totals = startTotals();
  const input = await openInput(file);
  const started = performance.now();
  let bytes = 0;
  let head = format === undefined ? "" : focusHeader();
  const bottom = createBottomLine(io.stderr);
  const rows = readUsageRows(input.chunks, { billedColumn: compare, onBytes: (more) => (bytes += more) });
  const isDetailed = format !== undefined;
  const { lines, atOnce } = isDetailed ? DETAILED_BATCHES : BATCHES;
  const answers = pMapIterable(inBatches(rows, lines), (batch) => quoteBatch(session, batch, isDetailed), {
    concurrency: atOnce,
    backpressure: atOnce,
  });
  try {
    for await (const batch of answers) {
      addToTotals(totals, batch, isCompared);
      if (format !== undefined) {
        await writeOut(io, head + writeFocusRows(batch, billingAccount));
        head = "";
      }
      const elapsedSeconds = (performance.now() - started) / 1_000;
      const share = input.size === undefined ? undefined : bytes / Math.max(1, input.size);
      const words = plural(totals.lines, "line");
      bottom.show(formatReading({ share, words, elapsedSeconds }, io.stderr.columns));
    }
  } finally {
    bottom.clear();
  }
  if (format === undefined) print(totalsDocument(totals, isCompared), () => formatTotals(totals, isCompared, width));
  else if (head !== "") await writeOut(io, head);
  return sayProblems(session, totals, format === undefined ? "are in no total" : "have no row");
}

function sayProblems(
  { say }: Session,
  { lines, priced, problems, unpriced, errors }: QuoteTotals,
  end: string,
): ExitCode {
  for (const { line, problem } of problems.slice(0, SHOWN_PROBLEMS)) say(`line ${line}: ${printable(problem)}`);
  if (priced < lines)
    say(`${plural(lines - priced, "line")} of ${formatCount(lines)} could not be priced; they ${end}`);
  return unpriced + errors > 0 ? EXIT.partial : EXIT.ok;
}

/** Waits for whoever reads stdout, so that nothing piles up in memory. */
async function writeOut({ stdout }: CliIo, text: string): Promise<void> {
  const isTaken = stdout.write(text) !== false;
  const { once } = stdout;
  if (!isTaken && once !== undefined) await new Promise<void>((resolve) => once.call(stdout, "drain", resolve));
}

async function openInput(file: string): Promise<{ chunks: AsyncIterable<Buffer>; size: number | undefined }> {
  if (file === "-") return { chunks: process.stdin, size: undefined };
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${file} can't be read: ${cause.code ?? cause.message}`);
  });
  if (found.isDirectory()) throw new CliError(`${file} can't be read: it is a folder`);
  return {
    chunks: createReadStream(file, { highWaterMark: 256 * 1024 }),
    size: found.isFile() ? found.size : undefined,
  };
}

async function* inBatches(rows: AsyncIterable<UsageRow>, lines: number): AsyncGenerator<UsageRow[]> {
  let batch: UsageRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < lines) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function quoteBatch(session: Session, rows: readonly UsageRow[], detail: boolean): Promise<QuotedLine[]> {
  const body = JSON.stringify({ lines: rows.map(({ asked }) => asked), detail });
  const answer = await askPatiently(session, body);
  return rows.map((row, index) => {
    const quote = answer.quotes[index];
    if (quote === undefined) throw new CliError("The server answered fewer lines than it was asked");
    return { row, quote };
  });
}

type Quotes = RatebookOutputs["prices"]["quote"];

/** Many batches may be more than a key may ask in a minute: then the server says how long to wait. */
async function askPatiently(session: Session, body: string): Promise<Quotes> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await callRest(session, "/v1/quotes", init);
      // What our own server answers; its tests hold it to this shape.
      return (await response.json()) as Quotes;
    } catch (error) {
      const waitSeconds = error instanceof RatebookError ? error.retryAfterSeconds : undefined;
      if (waitSeconds === undefined || attempt === MOST_TRIES) throw error;
      await delay(waitSeconds * 1_000, undefined, { signal: session.io.interrupted });
    }
  }
}
