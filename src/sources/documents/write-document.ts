import { parseTree } from "jsonc-parser";
import type {
  Addition,
  AskedOffer,
  DocumentFormat,
  DocumentKind,
  DocumentTemplate,
  EntryPrice,
  NewEntry,
  NewModel,
  TemplateEntry,
} from "#/sources/documents/document.ts";
import type { Charge } from "#/price/charge.ts";
import { chargeKey } from "#/price/charge.ts";
import { emptyDocument } from "#/sources/documents/compile-document.ts";
import { FORMATS } from "#/sources/documents/formats.ts";
import { spliceText, writeValue, type Splice } from "#/sources/documents/json-text.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isObject } from "#/sources/payload-shape.ts";

export type WriteOptions = Readonly<{
  /** What an entry is to say for an offer that the adapter reads from it. */
  priceOf: (offer: AskedOffer) => EntryPrice;
  /** Rates that become entries of their own, only at sellers that the format has a name for. */
  additions?: readonly Addition[];
}>;

export type WrittenDocument = Readonly<{
  text: string;
  /** Entries, the added ones too. */
  entries: number;
  /** Offers of the original's entries that have no rate. */
  unpriced: number;
  /** Charges in force that the format has no field for. */
  omitted: number;
  /** Entries of the original whose text is another now. */
  changed: number;
  added: number;
}>;

/**
 * Writes a document with the rates in force. What is no price is equal to the original's to the byte, as is every entry whose
 * prices are in force as it says them. Amounts are exact number texts.
 */
export function writeDocument(template: DocumentTemplate, { priceOf, additions = [] }: WriteOptions): WrittenDocument {
  const format = FORMATS[template.kind];
  const splices: Splice[] = [];
  let unpriced = 0;
  let omitted = 0;
  for (const entry of template.entries) {
    const prices = entry.offers.map((offer) => priceOf(offer));
    unpriced += prices.filter((price) => typeof price === "string").length;
    if (prices.every((price, index) => isSaid(price, entry.offers[index]?.charges ?? []))) continue;
    const written = rewrite(template, format, entry, prices);
    omitted += written.omitted;
    if (written.text !== template.text.slice(entry.start, entry.end))
      splices.push({ start: entry.start, end: entry.end, text: written.text });
  }
  const added = writeAdditions(template, format, additions);
  return {
    text: spliceText(template.text, [...splices, ...added.splices]),
    entries: template.entries.length + added.count,
    unpriced,
    omitted: omitted + added.omitted,
    changed: splices.length,
    added: added.count,
  };
}

/** Writes a document from rates alone, for a format that no source has. */
export function buildDocument(kind: DocumentKind, rates: readonly Addition[]): WrittenDocument {
  return writeDocument(emptyDocument(kind), { priceOf: () => "keep", additions: rates });
}

function isSaid(price: EntryPrice, charges: readonly Charge[]): boolean {
  if (typeof price === "string") return price === "keep";
  if (price.charges.length !== charges.length) return false;
  const said = new Map(charges.map((charge) => [chargeKey(charge), charge.amount]));
  return price.charges.every((charge) => said.get(chargeKey(charge)) === charge.amount);
}

function rewrite(
  { text }: DocumentTemplate,
  format: DocumentFormat,
  entry: TemplateEntry,
  prices: readonly EntryPrice[],
): { text: string; omitted: number } {
  const own = text.slice(entry.start, entry.end);
  const node = parseTree(own);
  const json = parseLossless(own);
  if (node === undefined || !json.ok || !isObject(json.value)) throw new Error(`no object: ${entry.listing}`);
  const byVariant = entry.offers.map(({ variant }, index) => [variant, prices[index] ?? "keep"] as const);
  return format.rewrite({ text: own, node, value: json.value }, entry.offers, new Map(byVariant));
}

type Added = Readonly<{ splices: readonly Splice[]; count: number; omitted: number }>;

function writeAdditions(template: DocumentTemplate, format: DocumentFormat, additions: readonly Addition[]): Added {
  const known = new Set(template.entries.map(({ listing }) => listing));
  const written = groupModels(additions).map((model) => format.newEntries(model));
  const entries = written
    .flatMap((model) => model.entries)
    .filter(({ listing }) => {
      const isNew = !known.has(listing);
      known.add(listing);
      return isNew;
    });
  const splices: Splice[] = [];
  const outer: NewEntry[] = [];
  for (const [list, ofList] of Map.groupBy(entries, (entry) => entry.list)) {
    if (list !== "" && !template.lists.has(list)) {
      const seller = format.newSeller?.(list, ofList);
      if (seller !== undefined) outer.push(seller);
    } else if (list === "") outer.push(...ofList);
    else splices.push(...writeAtEnd(template, list, ofList));
  }
  const omitted = written.reduce((sum, model) => sum + model.omitted, 0);
  return { splices: [...splices, ...writeAtEnd(template, "", outer)], count: entries.length, omitted };
}

function groupModels(additions: readonly Addition[]): NewModel[] {
  const groups = Map.groupBy(additions, ({ listedAs, model }) => `${listedAs}\u0000${model}`);
  return [...groups.values()].flatMap((ofModel) => {
    const [first] = ofModel;
    if (first === undefined) return [];
    const { listedAs, model, facts } = first;
    return [{ listedAs, model, facts, variants: new Map(ofModel.map((one) => [one.variant, one])) }];
  });
}

/** New members or items after the last one of a list. */
function writeAtEnd({ lists }: DocumentTemplate, list: string, entries: readonly NewEntry[]): Splice[] {
  const end = lists.get(list);
  if (end === undefined || entries.length === 0) return [];
  const lead = end.indent === undefined ? "" : `\n${end.indent}`;
  const colon = end.indent === undefined ? ":" : ": ";
  const bodies = entries.map(({ name, value }) => {
    const body = writeValue(value, end);
    return lead + (name === undefined ? body : JSON.stringify(name) + colon + body);
  });
  const text = bodies.join(",");
  return [{ start: end.offset, end: end.offset, text: end.isEmpty ? text : `,${text}` }];
}
