import { decimal } from "#/price/decimal.ts";
import type { PriceRow } from "#/terms/price-table.ts";
import { listedPrice, type ListedPrice } from "#/ui/price/charge-words.model.ts";
import { factorWords } from "#/ui/price/factor-words.model.ts";
import { isFreeOfLines } from "#/ui/prices/price-filter.model.ts";

/** Whom a price is from: "litellm", "litellm + models-dev", "pinned", "no source". */
export function fromWords({ from }: Readonly<{ from: readonly string[] }>): string {
  if (from.length === 0) return "no source";
  return from.map((source) => (source === "pin" ? "pinned" : source)).join(" + ");
}

/** The same of a row of the table, which names a pin among its flags. */
export function rowFromWords({ from, flags }: Pick<PriceRow, "from" | "flags">): string {
  return fromWords({ from: flags.includes("pinned") ? [...from, "pin"] : from });
}

/** "2 sources agree" or "2 sources differ ×1.25"; empty where only one lists it. */
export function apartWords({ sources, apart }: Pick<PriceRow, "sources" | "apart">): string {
  if (sources.length < 2) return "";
  if (apart === null) return `${sources.length} sources agree`;
  return `${sources.length} sources differ${apart === "zero" ? ", one says free" : ` ${factorWords(apart) ?? ""}`}`;
}

/** What a column of the list shows. A price that is not known is never a 0. */
export function columnPrice(row: PriceRow, meter: "input" | "output" | "cache_read"): ListedPrice {
  if (isFreeOfLines(row)) return listedPrice("free", [], meter);
  const charge = { input: row.input, output: row.output, cache_read: row.cacheRead }[meter];
  if (charge !== null)
    return listedPrice(row.state, [{ meter, unit: charge.unit, amount: decimal(charge.amount) }], meter);
  if (row.state === "free") return listedPrice("priced", [], meter);
  return listedPrice(row.state, [], meter);
}

/** What a price has that the columns of the list do not show; empty when they show all of it. */
export function extraWords({ extras }: Pick<PriceRow, "extras">): string {
  const words = { tiers: "tiers", windows: "times of day", meters: "other charges" };
  return extras.length === 0 ? "" : `Also has ${extras.map((extra) => words[extra]).join(", ")}`;
}
