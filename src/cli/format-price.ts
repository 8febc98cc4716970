import type { ApiCharge, EffectivePrice, ListedOffer, PricedOffer } from "#/cli/api-types.ts";
import { formatTable, type Column } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import { displayCharge } from "#/price/charge.ts";
import { conditionWords, usd } from "#/price/charge-words.ts";
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
        charge.pinnedBy === null ? printable(charge.source) : `pinned by ${printable(charge.pinnedBy)}`,
        [conditionWords(charge), ...(charge.isActive ? [] : ["not at this time of day"])].filter(Boolean).join(", "),
      ]);
      const columns = [
        { title: "  METER" },
        { title: "PRICE", align: "right" as const },
        { title: "FROM" },
        { title: "WHEN" },
      ];
      const title = `${nameOf(price)}  sold by ${printable(price.seller)}: what counts\n`;
      return `${title}${rows.length === 0 ? `  ${stateWords(price.state)}\n` : formatTable(columns, rows, width)}`;
    })
    .join("\n");
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
    `  in force since ${formatInstant(offer.effectiveAt)}`,
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

function nameOf({ model, variant }: Pick<ListedOffer, "model" | "variant">): string {
  return printable(variant === "default" ? model : `${model} [${variant}]`);
}

const LIST_COLUMNS: readonly Column[] = [
  { title: "MODEL", shrinks: true },
  { title: "SELLER" },
  { title: "SOURCE" },
  { title: "INPUT", align: "right" },
  { title: "OUTPUT", align: "right" },
];

/** One line per offer; input and output per 1M tokens unless the cell says another unit. */
export function formatOfferList(offers: readonly ListedOffer[], width?: number): string {
  const rows = offers.map((offer) => [
    nameOf(offer),
    printable(offer.seller),
    printable(offer.source),
    listedPrice(offer, "input"),
    listedPrice(offer, "output"),
  ]);
  return `${formatTable(LIST_COLUMNS, rows, width)}\nUSD per 1M tokens where no other unit is named. +: more, see "prices get".\n`;
}

function listedPrice({ state, charges }: ListedOffer, meter: "input" | "output"): string {
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
