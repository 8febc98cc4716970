import type { ApiCharge, SyncDetail } from "#/cli/api-types.ts";
import { formatCharge } from "#/cli/format-price.ts";
import { formatCount, formatTable, type Column } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import { conditionWords, usd } from "#/price/charge-words.ts";
import { decimal, roundPlaces } from "#/price/decimal.ts";

type Ask = Readonly<{ state: string; charges: readonly ApiCharge[] }>;

const LINES_SHOWN = 40;
const COLUMNS: readonly Column[] = [
  { title: "SOURCE" },
  { title: "SELLER" },
  { title: "MODEL", shrinks: true },
  { title: "WHAT" },
  { title: "BEFORE", align: "right" },
  { title: "AFTER", align: "right" },
];

/** What a run changed and held, or would: the first lines of each, and how many there are. */
export function formatResult({ result }: SyncDetail, width?: number): string {
  if (result === null) return "";
  const rows = Object.entries(result.sources).flatMap(([source, { changes, holds }]) => [
    ...changes.map((change) => ({ source, what: change.effectiveFrom ?? "change", change })),
    ...holds.map((change) => ({ source, what: `held: ${change.reasons.join(" ")}`, change })),
  ]);
  const total = Object.values(result.sources).reduce((sum, one) => sum + one.changesTotal + one.holdsTotal, 0);
  if (rows.length === 0) return result.dryRun ? "\nNothing would change.\n" : "";
  const shown = rows
    .slice(0, LINES_SHOWN)
    .map(({ source, what, change }) => [
      printable(source),
      printable(change.seller),
      printable(change.variant === "default" ? change.model : `${change.model} [${change.variant}]`),
      what,
      formatAsk(change.before),
      formatAsk(change.after),
    ]);
  const more =
    total > shown.length ? `… and ${formatCount(total - shown.length)} more; see them all with --json\n` : "";
  const impacts = Object.entries(result.sources).flatMap(([source, { monthlyImpactUsd }]) =>
    monthlyImpactUsd === null ? [] : [`${printable(source)} ${formatImpact(monthlyImpactUsd)}`],
  );
  const worth = impacts.length === 0 ? "" : `By the recorded usage, USD a month: ${impacts.join(", ")}\n`;
  return `\n${result.dryRun ? "Would change:" : "Changed:"}\n${formatTable(COLUMNS, shown, width)}${more}${worth}`;
}

/** `+$10,000.00`, to the cent. */
export function formatImpact(usdPerMonth: string): string {
  const cents = roundPlaces(decimal(usdPerMonth), 2);
  return `${cents.startsWith("-") ? "" : "+"}${usd(cents)}`;
}

/** `$2.50 in, $10.00 out per 1M tokens`, as short as it can be told apart. */
export function formatAsk(ask: Ask | null): string {
  if (ask === null) return "-";
  if (ask.charges.length === 0) return ask.state;
  const [first, second] = ask.charges;
  const parts = [first, second].flatMap((charge) => (charge === undefined ? [] : [formatShort(charge)]));
  return `${parts.join(", ")}${ask.charges.length > 2 ? " …" : ""}`;
}

function formatShort(charge: ApiCharge): string {
  const condition = conditionWords(charge);
  const price = formatCharge(charge).replace(" per 1M tokens", "/M");
  return `${charge.meter.replaceAll("_", " ")} ${price}${condition === "" ? "" : ` (${condition})`}`;
}
