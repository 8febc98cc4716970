import type { Node } from "jsonc-parser";
import { LosslessNumber } from "lossless-json";
import type { Charge, Window } from "#/price/charge.ts";
import { shiftPoint } from "#/price/decimal.ts";
import type {
  DocumentFormat,
  EntryPrice,
  EntryText,
  LocatedEntry,
  NewEntry,
  NewModel,
  Rewritten,
} from "#/sources/documents/document.ts";
import { itemsOf, layoutOf, memberOf, textOf, writeValue } from "#/sources/documents/json-text.ts";
import type { WrittenFields } from "#/sources/documents/plan-fields.ts";
import { findPriceFields } from "#/sources/documents/price-fields.ts";
import { rewriteMember, withMember } from "#/sources/documents/rewrite-member.ts";
import { GENAI_UNITS, genaiPricesAdapter, readPrices } from "#/sources/genai-prices.ts";
import { isObject } from "#/sources/payload-shape.ts";

const FIELDS = new Map(GENAI_UNITS.map((unit) => [`${unit.meter}/${unit.unit}`, unit]));
const EXPONENT = { 1: 0, 1000: 3, 1_000_000: 6 } as const;

/** The data of genai-prices: a list of sellers, or an object that has it as `providers`, each with a list of models. */
export const genaiPricesDocument: DocumentFormat = {
  adapter: genaiPricesAdapter,
  empty: "[]",
  documentOf: (root) => root,
  locate(root) {
    const sellers = root.type === "array" ? root : memberOf(root, "providers")?.value;
    const lists = new Map<string, Node>(sellers === undefined ? [] : [["", sellers]]);
    const entries: LocatedEntry[] = [];
    for (const item of itemsOf(sellers)) {
      const seller = textOf(item, "id");
      const models = memberOf(item, "models")?.value;
      if (seller === undefined || models?.type !== "array") continue;
      lists.set(seller, models);
      for (const node of itemsOf(models)) {
        const model = textOf(node, "id");
        if (model !== undefined) entries.push({ listing: `${seller}/${model}`, node });
      }
    }
    return { entries, lists };
  },
  rewrite: (entry, _, prices) => rewriteEntry(entry, prices.get("default") ?? "keep"),
  newEntries,
  newSeller: (seller, entries) => ({
    list: "",
    listing: seller,
    name: undefined,
    // Nobody knows the seller's addresses, so the pattern matches none.
    value: { id: seller, name: seller, api_pattern: "(?!)", models: entries.map(({ value }) => value) },
  }),
};

/** A list of dated prices whose present one differs becomes the price in force. */
function rewriteEntry(entry: EntryText, price: EntryPrice): Rewritten {
  if (price === "keep") return { text: entry.text, omitted: 0 };
  const prices = entry.value["prices"];
  const node = memberOf(entry.node, "prices")?.value;
  const charges = price === "withhold" ? [] : price.charges;
  const hasWindow = charges.some(({ window }) => window !== undefined);
  if (hasWindow || Array.isArray(prices)) {
    const { value, omitted } = writePrices(charges);
    const text = writeValue(value, layoutOf(entry.text, entry.node));
    return { text: withMember(entry, "prices", text), omitted };
  }
  const own = isObject(prices) ? prices : {};
  const { text, omitted } = rewriteMember(entry, "prices", {
    path: "prices",
    found: findPriceFields(node ?? entry.node, "prices", (draft) => readPrices(draft, { prices: own, path: "prices" })),
    prices: new Map([["default", price]]),
    isText: false,
    write: (sheets) => writeFields(sheets.get("default") ?? [], charges),
  });
  return { text: withMember(entry, "prices", text), omitted };
}

/** One object of prices, or a list when some hold at a time of day only. */
function writePrices(charges: readonly Charge[]): { value: unknown; omitted: number } {
  const windows = Map.groupBy(charges, ({ window }) => `${window?.from ?? ""}-${window?.to ?? ""}`);
  const base = writeFields(windows.get("-") ?? []);
  let omitted = base.left.get("default") ?? 0;
  const timed = [...windows].flatMap(([key, lines]) => {
    const [{ window } = {}] = lines;
    if (key === "-" || window === undefined) return [];
    const { fields, left } = writeFields(lines);
    omitted += left.get("default") ?? 0;
    return fields.size === 0 ? [] : [{ constraint: constraintOf(window), prices: Object.fromEntries(fields) }];
  });
  const prices = Object.fromEntries(base.fields);
  return { value: timed.length === 0 ? prices : [{ prices }, ...timed], omitted };
}

function constraintOf({ from, to }: Window) {
  return { start_time: `${from}:00Z`, end_time: `${to}:00Z` };
}

/**
 * A field is a number, or its base with the prices above boundaries. There is no boundary without a base, which may be one of
 * `all` that another text says already.
 */
function writeFields(charges: readonly Charge[], all: readonly Charge[] = charges): WrittenFields {
  const fields = new Map<string, unknown>();
  let left = 0;
  for (const [key, lines] of Map.groupBy(charges, ({ meter, unit }) => `${meter}/${unit}`)) {
    const unit = FIELDS.get(key);
    const base = [...lines, ...all].find((line) => line.tier === undefined && `${line.meter}/${line.unit}` === key);
    const tiers = lines.filter(({ tier }) => tier !== undefined && tier.of === undefined);
    if (unit === undefined || base === undefined) {
      left += lines.length;
      continue;
    }
    const numberOf = ({ amount }: Charge) => new LosslessNumber(shiftPoint(amount, EXPONENT[unit.usdPer]));
    const steps = tiers
      .toSorted((a, b) => (a.tier?.above ?? 0) - (b.tier?.above ?? 0))
      .map((line) => ({ start: line.tier?.above ?? 0, price: numberOf(line) }));
    left += lines.filter(({ tier }) => tier?.of !== undefined).length;
    fields.set(unit.field, steps.length === 0 ? numberOf(base) : { base: numberOf(base), tiers: steps });
  }
  return { fields, left: new Map([["default", left]]) };
}

function newEntries({ listedAs, model, variants, facts }: NewModel): { entries: NewEntry[]; omitted: number } {
  let omitted = 0;
  for (const [variant, { charges }] of variants) if (variant !== "default") omitted += charges.length;
  const ask = variants.get("default");
  if (ask === undefined) return { entries: [], omitted };
  const written = writePrices(ask.charges);
  const value = {
    id: model,
    match: { equals: model },
    ...(facts.contextTokens === undefined ? {} : { context_window: facts.contextTokens }),
    prices: written.value,
  };
  const entry = { list: listedAs, listing: `${listedAs}/${model}`, name: undefined, value };
  return { entries: [entry], omitted: omitted + written.omitted };
}
