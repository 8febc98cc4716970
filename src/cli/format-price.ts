import type { ApiCharge, EffectivePrice, ListedRate, PricedOffer, RateHistoryEntry } from "#/cli/api-types.ts";
import { formatTable, type Column } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import { displayCharge } from "#/price/charge.ts";
import { conditionWords, usd } from "#/price/charge-words.ts";
import { factLines } from "#/terms/fact-words.ts";
import { parseDecimal } from "#/price/decimal.ts";

/** `$2.50 per 1M tokens`; "unknown" when the amount is not a number, never 0. */
export function formatCharge({ amount: text, unit }: Pick<ApiCharge, "amount" | "unit">): string {
  const exact = parseDecimal(text);
  if (exact === undefined) return "unknown";
  const { amount, per } = displayCharge({ amount: exact, unit });
  return `${usd(amount)} per ${per}`;
}

/** What counts, seller by seller: each line with the source it was taken from, or who pinned it. */
export function formatEffective(prices: readonly EffectivePrice[], width?: number): string {
  return prices
    .map((price) => {
      const rows = price.charges.map((charge) => [
        `  ${charge.meter.replaceAll("_", " ")}`,
        formatCharge(charge),
        originWords(charge),
        [conditionWords(charge), ...(charge.isActive ? [] : ["not at this time of day"])].filter(Boolean).join(", "),
      ]);
      const columns = [
        { title: "  METER" },
        { title: "PRICE", align: "right" as const },
        { title: "FROM" },
        { title: "WHEN" },
      ];
      const title = `${nameOf(price)}  sold by ${printable(price.seller)}: in force since ${formatInstant(price.validFrom)}, version ${price.version}\n`;
      const facts = formatFacts(price.facts);
      return `${title}${rows.length === 0 ? `  ${stateWords(price.state)}\n` : formatTable(columns, rows, width)}${facts}`;
    })
    .join("\n");
}

function formatFacts(facts: EffectivePrice["facts"]): string {
  return factLines(facts)
    .map(({ name, value, source }) => `  ${name.padEnd(13)}  ${printable(value)}, says ${printable(source)}\n`)
    .join("");
}

function originWords({ pinnedBy, source, isFilled }: EffectivePrice["charges"][number]): string {
  if (pinnedBy !== null) return `pinned by ${printable(pinnedBy)}`;
  return isFilled ? `filled from ${printable(source)}` : printable(source);
}

/** A model's answer from every source, each with where it comes from. */
export function formatPricedOffers(offers: readonly PricedOffer[]): string {
  return offers.map(formatPricedOffer).join("\n");
}

function formatPricedOffer(offer: PricedOffer): string {
  const { provenance, listing } = offer;
  const lines = offer.charges.map((charge) => {
    const price = formatCharge(charge);
    return { meter: charge.meter.replaceAll("_", " "), price, condition: conditionWords(charge) };
  });
  const meterWidth = Math.max(0, ...lines.map(({ meter }) => meter.length));
  const priceWidth = Math.max(0, ...lines.map(({ price }) => price.length));
  const prices = lines.map(({ meter, price, condition }) =>
    `  ${meter.padEnd(meterWidth)}  ${price.padStart(priceWidth)}  ${condition}`.trimEnd(),
  );
  return [
    `${nameOf(offer)}  sold by ${printable(offer.seller)}, says ${printable(offer.source)}`,
    ...(prices.length > 0 && offer.state !== "unknown" && offer.state !== "varies"
      ? prices
      : [`  ${stateWords(offer.state)}`]),
    ...(listing.listedAs === offer.seller ? [] : [`  listed as      ${printable(listing.listedAs)}`]),
    ...(listing.derivedFrom === null ? [] : [`  derived from   ${printable(listing.derivedFrom)}`]),
    `  since          ${formatInstant(offer.effectiveAt)}`,
    `  observed       ${formatInstant(provenance.observedAt)}`,
    ...(provenance.jobId === null ? [] : [`  by sync        ${provenance.jobId}`]),
    ...(listing.heldBy === null
      ? []
      : [`  held           a newer price waits for a decision (hold ${listing.heldBy})`]),
    ...(listing.staleSince === null
      ? []
      : [
          `  stale since    ${formatInstant(listing.staleSince)}; not in the newest payload, which lost too much to be believed`,
        ]),
    ...(listing.delistedAt === null ? [] : [`  delisted       ${formatInstant(listing.delistedAt)}`]),
    ...(listing.missingSince === null || listing.delistedAt !== null
      ? []
      : [`  missing since  ${formatInstant(listing.missingSince)}; the last known price stays in force`]),
    "",
  ].join("\n");
}

function stateWords(state: PricedOffer["state"]): string {
  if (state === "free") return "free";
  if (state === "varies") return "varies: the source says it is not one number";
  return "unknown: the source does not say";
}

function nameOf({ model, variant }: Pick<ListedRate, "model" | "variant">): string {
  return printable(variant === "default" ? model : `${model} [${variant}]`);
}

const LIST_COLUMNS: readonly Column[] = [
  { title: "MODEL", shrinks: true },
  { title: "SELLER" },
  { title: "FROM" },
  { title: "INPUT", align: "right" },
  { title: "OUTPUT", align: "right" },
];

/** One line per price in force; input and output per 1M tokens unless the cell says another unit. */
export function formatRateList(rates: readonly ListedRate[], width?: number): string {
  const rows = rates.map((rate) => [
    nameOf(rate),
    printable(rate.seller),
    fromWords(rate.from),
    listedPrice(rate, "input"),
    listedPrice(rate, "output"),
  ]);
  return `${formatTable(LIST_COLUMNS, rows, width)}\nUSD per 1M tokens where no other unit is named. +: more, see "prices get".\n`;
}

function listedPrice({ state, charges }: Pick<ListedRate, "state" | "charges">, meter: "input" | "output"): string {
  if (state === "unknown" || state === "varies") return state;
  const lines = charges.filter((charge) => charge.meter === meter);
  const line = lines.find((charge) => charge.tier === undefined && charge.window === undefined) ?? lines[0];
  if (line === undefined) return state === "free" ? "free" : "-";
  const exact = parseDecimal(line.amount);
  if (exact === undefined) return "unknown";
  const { amount, per } = displayCharge({ amount: exact, unit: line.unit });
  const more = lines.length > 1 ? "+" : "";
  return `${usd(amount)}${line.unit === "token" ? "" : ` per ${per}`}${more}`;
}

function fromWords(from: readonly string[]): string {
  if (from.length === 0) return "no source";
  return from.map((source) => (source === "pin" ? "pinned" : printable(source))).join("+");
}

const HISTORY_COLUMNS: readonly Column[] = [
  { title: "SINCE" },
  { title: "UNTIL" },
  { title: "SELLER" },
  { title: "VARIANT" },
  { title: "INPUT", align: "right" },
  { title: "OUTPUT", align: "right" },
  { title: "FROM" },
  { title: "CAUSE" },
  { title: "VERSION", align: "right" },
];

/** A rate's timeline, the newest first. */
export function formatHistory(entries: readonly RateHistoryEntry[], width?: number): string {
  const rows = entries.map((entry) => [
    formatInstant(entry.effectiveAt),
    entry.validTo === null ? "" : formatInstant(entry.validTo),
    printable(entry.seller),
    printable(entry.variant),
    listedPrice(entry, "input"),
    listedPrice(entry, "output"),
    fromWords(entry.from),
    entry.withdrawnAt === null ? entry.cause : `${entry.cause}, taken back`,
    entry.version,
  ]);
  return `${formatTable(HISTORY_COLUMNS, rows, width)}\nUSD per 1M tokens where no other unit is named. +: more, see "prices get --at".\n`;
}
