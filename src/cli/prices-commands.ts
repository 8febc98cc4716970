import { writeFile } from "node:fs/promises";
import { InvalidArgumentError, Option, type Command } from "commander";
import { defineCommand, defineGroup, formatNote, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import {
  formatCharge,
  formatEffective,
  formatHistory,
  formatPricedOffers,
  formatRateList,
} from "#/cli/format-price.ts";
import { addChangesCommand } from "#/cli/changes-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { formatAsk, formatImpact } from "#/cli/format-result.ts";
import { formatCount, formatTable, plural } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import { countUpTo } from "#/cli/read-argument.ts";
import { callRest } from "#/cli/rest-call.ts";
import type { Session } from "#/cli/session.ts";

type GetOptions = Readonly<{ seller?: string; source?: string; variant?: string; at?: string; knownAt?: string }>;
type ExportOptions = Readonly<{ format: string; add?: string; at?: string; out?: string }>;

const EXPORT_FORMATS = ["litellm", "openrouter", "models-dev", "genai-prices", "csv"];
type DiffOptions = Readonly<{ from: string; to?: string; knownAt?: string; seller?: string; limit: number }>;
type HistoryOptions = Readonly<{ seller?: string; variant?: string; limit: number }>;
type ConflictOptions = Readonly<{ over: number; limit: number }>;
type ListOptions = Readonly<{ limit: number; seller?: string; source?: string }>;

/** `ratebook prices …` */
export function addPricesCommands(program: Command, run: Run): void {
  const prices = defineGroup(program, "prices", "Shows prices, their history and their changes.");

  defineCommand(prices, "get", "Shows what a model costs, or cost at an instant, and what every source says.", [
    "prices get gpt-5",
    "prices get gpt-5 --seller openai --at 2026-07-01T00:00:00Z",
    "prices get gpt-5 --at 2026-07-01T00:00:00Z --known-at 2026-07-02T00:00:00Z --json",
  ])
    .argument("<model>", "its exact id; find it with `ratebook prices list`")
    .option("--seller <name>", "only what this seller asks")
    .option("--source <name>", "only what this source says")
    .option("--variant <name>", 'only this variant, such as "default" or "batch"')
    .option("--at <instant>", "the price at this instant (default: now)")
    .option("--known-at <instant>", "only what had been observed by this instant (default: all that is known)")
    .addHelpText(
      "after",
      formatNote("An instant is ISO 8601 with a zone: 2026-08-01T12:00:00Z or 2026-08-01T14:00:00+02:00."),
    )
    .action((model: string, options: GetOptions, command: Command) =>
      run(command, (session) => get(session, model, options)),
    );

  defineCommand(prices, "list", "Lists the prices in force whose seller, model or variant contains every word.", [
    "prices list",
    'prices list "openai gpt" --limit 50',
    "prices list --seller anthropic --json | jq .total",
  ])
    .argument("[search...]", "words that must all occur, in any case")
    .option("--limit <n>", "how many", countUpTo(500), 20)
    .option("--seller <name>", "only this seller's")
    .option("--source <name>", "only what this source lists")
    .action((words: string[], options: ListOptions, command: Command) =>
      run(command, (session) => list(session, words, options)),
    );

  defineCommand(prices, "history", "Lists the prices of a model that counted or were announced, the newest first.", [
    "prices history gpt-5",
    "prices history gpt-5 --seller openai --json",
  ])
    .argument("<model>", "its exact id")
    .option("--seller <name>", "only at this seller")
    .option("--variant <name>", 'only this variant, such as "default" or "batch"')
    .option("--limit <n>", "how many", countUpTo(1_000), 50)
    .action((model: string, options: HistoryOptions, command: Command) =>
      run(command, (session) => showHistory(session, model, options)),
    );

  addChangesCommand(prices, run);

  defineCommand(
    prices,
    "export",
    "Writes the last good document in a gateway's shape, with the prices in force: pins in, held prices out.",
    [
      "prices export --format litellm > prices.json",
      "prices export --format csv --at 2026-07-01T00:00:00Z --out july.csv",
    ],
  )
    .addOption(new Option("--format <format>", "the shape").choices(EXPORT_FORMATS).makeOptionMandatory())
    .option(
      "--add <what>",
      "sellers (entries for prices of other sources), provider (for Bifrost), or both with a comma",
    )
    .option("--at <instant>", "as things were at this instant (default: now)")
    .option("--out <file>", "write it there (default: stdout)")
    .addHelpText("after", formatNote("With --json and --out: what was written, as one JSON document."))
    .action((options: ExportOptions, command: Command) => run(command, (session) => exportTo(session, options)));

  defineCommand(
    prices,
    "diff",
    "Shows how the prices in force differ between two instants, each as it was known then.",
    [
      "prices diff --from 2026-07-01T00:00:00Z",
      "prices diff --from 2026-07-01T00:00:00Z --to 2026-08-01T00:00:00Z --json",
    ],
  )
    .requiredOption("--from <instant>", "as the book was then")
    .option("--to <instant>", "as it was then (default: now)")
    .option("--known-at <instant>", "both as the book stood at this instant (default: each as it was known then)")
    .option("--seller <name>", "only this seller's")
    .option("--limit <n>", "how many", countUpTo(5_000), 100)
    .action((options: DiffOptions, command: Command) => run(command, (session) => diff(session, options)));

  defineCommand(prices, "conflicts", "Lists prices on which sources disagree, the widest apart first.", [
    "prices conflicts",
    "prices conflicts --over 50",
  ])
    .option("--over <percent>", "only prices further apart than this", readPercent, 5)
    .option("--limit <n>", "how many", countUpTo(5_000), 50)
    .action((options: ConflictOptions, command: Command) => run(command, (session) => conflicts(session, options)));
}

function readPercent(text: string): number {
  const percent = /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (percent === undefined) throw new InvalidArgumentError("It must be a number of percent.");
  return percent;
}

async function showHistory(
  session: Session,
  model: string,
  { seller, variant, limit }: HistoryOptions,
): Promise<ExitCode> {
  const answer = await session.client.prices.history.query({
    model,
    limit,
    ...(seller === undefined ? {} : { seller }),
    ...(variant === undefined ? {} : { variant }),
  });
  const { entries } = answer;
  session.print(answer, () => (entries.length === 0 ? "No prices.\n" : formatHistory(entries, session.width)));
  return entries.length === 0 ? EXIT.failed : EXIT.ok;
}

async function exportTo(session: Session, { format, add, at, out }: ExportOptions): Promise<ExitCode> {
  if (session.json && out === undefined && format === "csv")
    throw new CliError("A CSV is no JSON document: write it to a file with --out, or leave --json out");
  const query = new URLSearchParams({
    ...(at === undefined ? {} : { at }),
    ...(add === undefined ? {} : { add }),
  }).toString();
  const response = await callRest(session, `/v1/export/${format}${query === "" ? "" : `?${query}`}`);
  const document = await response.text();
  if (out === undefined) session.io.stdout.write(`${document}\n`);
  else await writeFile(out, document);
  const omitted = Number(response.headers.get("x-ratebook-omitted-charges") ?? 0);
  const unpriced = Number(response.headers.get("x-ratebook-unpriced") ?? 0);
  const asOf = response.headers.get("x-ratebook-as-of");
  const version = response.headers.get("x-ratebook-version");
  if (session.json && out !== undefined)
    session.print({ format, asOf, version, omittedCharges: omitted, unpriced, out }, () => "");
  session.say(
    `As of ${asOf ?? "now"}, version ${version ?? "unknown"}${out === undefined ? "" : `, written to ${out}`}`,
  );
  if (omitted > 0) session.say(`${plural(omitted, "charge")} left out: the shape "${format}" has no field for them`);
  if (unpriced > 0)
    session.say(`${plural(unpriced, "price")} of the document ${unpriced === 1 ? "has" : "have"} no price in force`);
  return EXIT.ok;
}

async function diff(session: Session, { from, to, knownAt, seller, limit }: DiffOptions): Promise<ExitCode> {
  const answer = await session.client.prices.diff.query({
    from,
    limit,
    ...(to === undefined ? {} : { to }),
    ...(knownAt === undefined ? {} : { knownAt }),
    ...(seller === undefined ? {} : { seller }),
  });
  const rows = answer.differences.map((one) => [
    printable(one.seller),
    printable(one.variant === "default" ? one.model : `${one.model} [${one.variant}]`),
    formatAsk(one.before),
    formatAsk(one.after),
    one.monthlyImpactUsd === null ? "" : formatImpact(one.monthlyImpactUsd),
  ]);
  const columns = [
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "BEFORE", align: "right" as const },
    { title: "AFTER", align: "right" as const },
    { title: "USD A MONTH", align: "right" as const },
  ];
  session.print(answer, () => (rows.length === 0 ? "Nothing differs.\n" : formatTable(columns, rows, session.width)));
  if (answer.total > rows.length) session.say(`Shown: ${formatCount(rows.length)} of ${formatCount(answer.total)}`);
  return EXIT.ok;
}

async function conflicts(session: Session, { over, limit }: ConflictOptions): Promise<ExitCode> {
  const answer = await session.client.prices.conflicts.query({ overPercent: over, limit });
  const rows = answer.conflicts.flatMap(({ sides, meter, variant, ratio }) =>
    sides.map((side, index) => [
      index === 0 ? `${meter.replaceAll("_", " ")}${variant === "default" ? "" : ` [${variant}]`}` : "",
      index === 0 && ratio !== null ? `${Number(Number(ratio).toPrecision(3))}x` : "",
      printable(side.source),
      printable(side.seller),
      printable(side.model),
      formatCharge({ amount: side.amount, unit: "token" }),
    ]),
  );
  const columns = [
    { title: "METER" },
    { title: "APART", align: "right" as const },
    { title: "SOURCE" },
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "PRICE", align: "right" as const },
  ];
  session.print(answer, () => (rows.length === 0 ? "No conflicts.\n" : formatTable(columns, rows, session.width)));
  if (answer.total > answer.conflicts.length)
    session.say(`Shown: ${formatCount(answer.conflicts.length)} of ${formatCount(answer.total)}`);
  return EXIT.ok;
}

async function get(session: Session, model: string, options: GetOptions): Promise<ExitCode> {
  const { seller, source, variant, at, knownAt } = options;
  const answer = await session.client.prices.get.query({
    model,
    ...(seller === undefined ? {} : { seller }),
    ...(source === undefined ? {} : { source }),
    ...(variant === undefined ? {} : { variant }),
    ...(at === undefined ? {} : { at }),
    ...(knownAt === undefined ? {} : { knownAt }),
  });
  session.print(
    answer,
    () => `${formatEffective(answer.effective, session.width)}\n${formatPricedOffers(answer.offers)}`,
  );
  return EXIT.ok;
}

async function list(
  session: Session,
  words: readonly string[],
  { limit, seller, source }: ListOptions,
): Promise<ExitCode> {
  const answer = await session.client.prices.list.query({
    limit,
    ...(words.length === 0 ? {} : { search: words.join(" ") }),
    ...(seller === undefined ? {} : { seller }),
    ...(source === undefined ? {} : { source }),
  });
  const { rates, total } = answer;
  session.print(answer, () => (rates.length === 0 ? "No prices.\n" : formatRateList(rates, session.width)));
  if (total > rates.length) {
    session.say(
      `Shown: ${formatCount(rates.length)} of ${formatCount(total)}. Add words to narrow the list, or show more with --limit`,
    );
  }
  return EXIT.ok;
}
