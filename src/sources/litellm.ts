import type { Charge } from "#/price/charge.ts";
import { offerKeyText, type Offer } from "#/price/offer.ts";
import { withCondition } from "#/price/variant.ts";
import type { ParseOutcome, SourceAdapter } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { PRICE_BLOCKS } from "#/sources/litellm-blocks.ts";
import { deriveVariants, readMultipliers, readRegionKey, type Multiplier } from "#/sources/litellm-variants.ts";
import { LITELLM_UNITS, mayMovePrice, OLDER_NAMES, readFieldName } from "#/sources/litellm-fields.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, isUsableId, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readStated, type ReadFacts } from "#/sources/read-facts.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";

/** Keys of the map that are no models: its own example, its name rules, and a mirror's date. */
export const RESERVED: ReadonlySet<string> = new Set(["sample_spec", "fallback_generalizations", "last_updated"]);

/** LiteLLM's cost map: one object of entries by name. */
export const litellmAdapter: SourceAdapter = {
  kind: "litellm",
  title: "LiteLLM cost map",
  defaultUrl: "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
  version: 5,
  units: LITELLM_UNITS,
  zeroRule:
    "0 stands for no data, for a local model and for a subscription alike: an offer with nothing above 0 is unknown, " +
    "never free. A 0 beside a price above 0 is a price.",
  parse: parseLitellm,
};

function parseLitellm(text: string): ParseOutcome {
  const json = parseLossless(text);
  if (!json.ok) return json;
  if (!isObject(json.value))
    return problem("wrong_root", `Expected an object of models by name, got ${showValue(json.value)}.`);
  const map = json.value;
  const names = Object.keys(map).filter((name) => !RESERVED.has(name));
  if (names.length === 0) return problem("empty", "The map holds no model.");
  if (!names.some((name) => isObject(map[name])))
    return problem("wrong_root", `Nothing in the map is a model; it holds ${showValue(names.join(", "))}.`);

  const sheet = createSheetDraft(json.duplicateKeys);
  const offers = Object.keys(map).flatMap((name) => {
    if (!RESERVED.has(name)) return readEntry(sheet, map, name);
    sheet.skip("reserved");
    return [];
  });
  // What any key states outright comes before what is worked out from another one.
  const stated = new Set(
    offers.filter(({ derivedFrom, state }) => derivedFrom === undefined && state === "priced").map(offerKeyText),
  );
  for (const offer of offers)
    if (offer.derivedFrom === undefined || !stated.has(offerKeyText(offer))) sheet.offer(offer);
  return { ok: true, sheet: sheet.finish() };
}

function problem(code: "wrong_root" | "empty", message: string): ParseOutcome {
  return { ok: false, problem: { code, message } };
}

function readEntry(sheet: SheetDraft, map: PayloadObject, listing: string): readonly Offer[] {
  const entry = map[listing];
  const refuse = (path: string, detail: string) => {
    sheet.reject(path, "schema", detail);
    return [];
  };
  if (!isUsableId(listing)) return refuse(listing, "no usable name");
  if (!isObject(entry)) return refuse(listing, `not an object: ${showValue(entry)}`);
  const seller = entry["litellm_provider"];
  if (!isUsableId(seller)) return refuse(`${listing}.litellm_provider`, `no usable seller: ${showValue(seller)}`);

  const draft = createEntryDraft(sheet, listing);
  const { model, region } = readKey(map, listing, seller);
  const factors = Object.entries(entry).flatMap(([name, value]) => readField(draft, entry, name, value));
  // The prices of a key that names a region are of that region already.
  const multipliers = region === undefined ? factors : factors.filter(({ key }) => key !== "region");
  if (region !== undefined)
    for (const { key, field, factor } of factors) if (key === "region") draft.ignore(field, factor);
  const { variants, faults } = draft.finish();
  const stated = new Map([["default", [] as readonly Charge[]], ...variants]);
  const facts = readEntryFacts(entry);
  const all = [
    ...[...stated].map(([variant, charges]) => ({ variant, charges })),
    ...deriveVariants(stated, multipliers),
  ];
  return all.map(({ variant, charges, ...derived }) => {
    const isPriced = hasPaidCharge(charges);
    return {
      seller,
      model,
      variant: region === undefined ? variant : withCondition(variant, "region", region),
      listing,
      state: isPriced ? "priced" : "unknown",
      charges: isPriced ? charges : [],
      ...derived,
      ...facts,
      ...faults,
    };
  });
}

/**
 * By the map's own `sample_spec`, `max_tokens` is the most output where that is known and the most input where not: beside
 * another most input it is the output, and alone it may be either. `deprecation_date` is the day on which the model stops
 * answering: its values are the shutdown days of the sellers' own tables (github.com/BerriAI/litellm/pull/36152).
 */
function readEntryFacts(entry: PayloadObject): ReadFacts {
  const { max_input_tokens: input, max_output_tokens: output, max_tokens: either } = entry;
  const isOutput = !isAbsent(input) && !isAbsent(either) && showValue(input) !== showValue(either);
  return readStated({
    contextTokens: input,
    outputTokens: output ?? (isOutput ? either : undefined),
    inputModalities: entry["supported_modalities"],
    outputModalities: entry["supported_output_modalities"],
    mode: entry["mode"],
    sunsetOn: entry["deprecation_date"],
  });
}

/** Answers the factors of a field that multiplies prices. */
function readField(draft: EntryDraft, entry: PayloadObject, name: string, value: unknown): readonly Multiplier[] {
  const multipliers = readMultipliers(draft, name, value);
  if (multipliers !== undefined) return multipliers;
  if (!isOvertaken(entry, name)) readPrice(draft, name, value);
  return [];
}

/** Whether a field is an older name of another one that the entry has as well. */
export function isOvertaken(entry: PayloadObject, name: string): boolean {
  const newerName = OLDER_NAMES.get(name);
  return newerName !== undefined && !isAbsent(entry[newerName]);
}

/** Reads a field that states prices outright, whether in a block of them or alone. */
export function readPrice(draft: EntryDraft, name: string, value: unknown): void {
  const readBlock = PRICE_BLOCKS.get(name);
  if (readBlock) return readBlock(draft, value);
  const field = readFieldName(name);
  if (field.is === "undeclared" && !isAbsent(value)) draft.refuse(name, `undeclared unit: ${showValue(value)}`, value);
  if (field.is === "other" && mayMovePrice(name, value)) draft.ignore(name, value);
  if (field.is === "price")
    draft.charge(name, value, { ...field.declaration, ...(field.tier ? { tier: field.tier } : {}) }, field.variant);
}

/** What a key says: the model, and the region where it names one. */
function readKey(map: PayloadObject, listing: string, seller: string): { model: string; region?: string } {
  return readRegionKey(listing) ?? { model: modelOf(map, listing, seller) };
}

/** The key without its seller's prefix, unless that would be another entry of the same seller. */
function modelOf(map: PayloadObject, listing: string, seller: string): string {
  const prefix = `${seller}/`;
  if (!listing.startsWith(prefix)) return listing;
  const stripped = listing.slice(prefix.length);
  const namesake = Object.hasOwn(map, stripped) ? map[stripped] : undefined;
  const collides = isObject(namesake) && namesake["litellm_provider"] === seller;
  return stripped === "" || collides ? listing : stripped;
}
