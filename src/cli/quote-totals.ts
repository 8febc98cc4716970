import type { RatebookOutputs } from "#/client/ratebook-client.ts";
import { formatCount, formatTable, type Column } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import type { UsageRow } from "#/cli/read-usage-rows.ts";
import { usd } from "#/price/charge-words.ts";
import { add, decimal, isNegative, parseDecimal, roundPlaces, subtract, type Decimal } from "#/price/decimal.ts";
import { placesOf, sumDecimals } from "#/price/exact.ts";

export type QuotedLine = Readonly<{ row: UsageRow; quote: RatebookOutputs["prices"]["quote"]["quotes"][number] }>;

/** A line that was billed at another amount than it costs, in USD. */
export type Difference = Readonly<{
  line: number;
  model: string;
  quoted: Decimal;
  billed: Decimal;
  difference: Decimal;
}>;

type Group = {
  model: string;
  /** In UTC. */
  day: string;
  lines: number;
  priced: number;
  total: Decimal;
  /** Of the priced lines, what was billed. */
  billed: Decimal;
};

/** What a file of usage comes to. `unpriced` and `problems` hold the first lines of their kind. */
export type QuoteTotals = {
  lines: number;
  priced: number;
  unpriced: number;
  errors: number;
  groups: Map<string, Group>;
  problems: { line: number; problem: string }[];
  differing: number;
  differences: Difference[];
};

const KEPT_PROBLEMS = 20;
const KEPT_DIFFERENCES = 1_000;
const SHOWN_DIFFERENCES = 40;
const ZERO = decimal("0");

export function startTotals(): QuoteTotals {
  return {
    lines: 0,
    priced: 0,
    unpriced: 0,
    errors: 0,
    groups: new Map(),
    problems: [],
    differing: 0,
    differences: [],
  };
}

/** Takes a batch of answered lines into the totals, by model and day. */
export function addToTotals(totals: QuoteTotals, batch: readonly QuotedLine[], isCompared: boolean): void {
  const costs = new Map<Group, Decimal[]>();
  for (const { row, quote } of batch) {
    totals.lines += 1;
    const group = groupOf(totals, quote);
    group.lines += 1;
    const billed = isCompared ? readBill(row) : undefined;
    if (quote.total === null || billed === "unreadable") {
      totals[quote.outcome === "unpriced" ? "unpriced" : "errors"] += 1;
      const problem = quote.problem ?? `"${row.billed ?? ""}" is no amount that was billed`;
      if (totals.problems.length < KEPT_PROBLEMS) totals.problems.push({ line: row.line, problem });
      continue;
    }
    totals.priced += 1;
    group.priced += 1;
    const total = decimal(quote.total);
    const added = costs.get(group);
    if (added === undefined) costs.set(group, [total]);
    else added.push(total);
    if (billed !== undefined) compareLine(totals, group, row.line, total, billed);
  }
  for (const [group, added] of costs) group.total = sumDecimals([group.total, ...added]);
}

/** What was billed, and to how many places. */
type Bill = Readonly<{ amount: Decimal; places: number }>;

const MOST_PLACES = 24;

function readBill({ billed = "" }: UsageRow): Bill | "unreadable" {
  const amount = parseDecimal(billed);
  if (amount === undefined) return "unreadable";
  return { amount, places: Math.min(MOST_PLACES, Math.max(placesOf(amount), placesOf(billed))) };
}

function groupOf({ groups }: QuoteTotals, { model, at }: QuotedLine["quote"]): Group {
  const day = at === null ? "-" : new Date(at).toISOString().slice(0, 10);
  const key = `${model ?? "-"}\u0000${day}`;
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group: Group = { model: model ?? "-", day, lines: 0, priced: 0, total: ZERO, billed: ZERO };
  groups.set(key, group);
  return group;
}

/** What rounds to the places of the bill's amount is no difference. */
function compareLine(totals: QuoteTotals, group: Group, line: number, quoted: Decimal, bill: Bill): void {
  group.billed = add(group.billed, bill.amount);
  if (roundPlaces(quoted, bill.places) === bill.amount) return;
  totals.differing += 1;
  if (totals.differences.length >= KEPT_DIFFERENCES) return;
  const difference = subtract(bill.amount, quoted);
  totals.differences.push({ line, model: group.model, quoted, billed: bill.amount, difference });
}

/** The document of `--json`. Amounts are exact decimals in USD; `difference` is what was billed above what it costs. */
export function totalsDocument(totals: QuoteTotals, isCompared: boolean) {
  const { lines, priced, unpriced, errors, problems, differing, differences } = totals;
  const groups = sortedGroups(totals).map(({ billed, ...group }) =>
    isCompared ? { ...group, billed, difference: subtract(billed, group.total) } : group,
  );
  const total = sumDecimals(groups.map((group) => group.total));
  return {
    total,
    lines,
    priced,
    unpriced,
    errors,
    groups,
    problems,
    ...(isCompared ? { differing, differences } : {}),
  };
}

/** The totals by model and day, and, with a bill, the lines that differ from it. */
export function formatTotals(totals: QuoteTotals, isCompared: boolean, width?: number): string {
  const columns: Column[] = [
    { title: "MODEL", shrinks: true },
    { title: "DAY" },
    { title: "LINES", align: "right" },
    { title: "UNPRICED", align: "right" },
    { title: "USD", align: "right" },
    ...(isCompared
      ? ([
          { title: "BILLED", align: "right" },
          { title: "OVER", align: "right" },
        ] as const)
      : []),
  ];
  const rows = sortedGroups(totals).map(({ model, day, lines, priced, total, billed }) => [
    printable(model),
    day,
    formatCount(lines),
    priced === lines ? "" : formatCount(lines - priced),
    usd(total),
    ...(isCompared ? [usd(billed), formatOver(subtract(billed, total))] : []),
  ]);
  const sum = sumDecimals(sortedGroups(totals).map(({ total }) => total));
  const end = `\nTotal of ${formatCount(totals.priced)} priced lines: ${usd(sum)}\n`;
  return `${formatTable(columns, rows, width)}${end}${isCompared ? formatDifferences(totals, width) : ""}`;
}

function formatDifferences({ differing, differences }: QuoteTotals, width: number | undefined): string {
  if (differing === 0) return "Every priced line was billed as it costs.\n";
  const columns: Column[] = [
    { title: "LINE", align: "right" },
    { title: "MODEL", shrinks: true },
    { title: "USD", align: "right" },
    { title: "BILLED", align: "right" },
    { title: "OVER", align: "right" },
  ];
  const rows = differences
    .slice(0, SHOWN_DIFFERENCES)
    .map(({ line, model, quoted, billed, difference }) => [
      String(line),
      printable(model),
      usd(quoted),
      usd(billed),
      formatOver(difference),
    ]);
  const more = differing > rows.length ? `… and ${formatCount(differing - rows.length)} more\n` : "";
  return `\nBilled amounts that differ from the cost:\n${formatTable(columns, rows, width)}${more}`;
}

function formatOver(difference: Decimal): string {
  if (difference === "0") return "";
  return `${isNegative(difference) ? "" : "+"}${usd(difference)}`;
}

function sortedGroups({ groups }: QuoteTotals): Group[] {
  return [...groups.values()].toSorted((a, b) => (`${a.model}\u0000${a.day}` < `${b.model}\u0000${b.day}` ? -1 : 1));
}
