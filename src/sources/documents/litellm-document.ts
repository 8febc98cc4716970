import { LosslessNumber } from "lossless-json";
import type { Ask } from "#/price/offer.ts";
import { conditionOf, withoutCondition } from "#/price/variant.ts";
import type {
  DocumentFormat,
  EntryFacts,
  EntryPrice,
  EntryText,
  NewEntry,
  NewModel,
  Rewritten,
  TemplateOffer,
} from "#/sources/documents/document.ts";
import { editObject, memberOf, membersOf } from "#/sources/documents/json-text.ts";
import { chooseFactors } from "#/sources/documents/litellm-factors.ts";
import { planFields, type FieldPlan } from "#/sources/documents/plan-fields.ts";
import { chargesOf, findPriceFields, type PriceFields } from "#/sources/documents/price-fields.ts";
import { SUFFIXES, writeLitellmFields } from "#/sources/documents/write-litellm-fields.ts";
import type { EntryDraft } from "#/sources/entry-draft.ts";
import { isOvertaken, litellmAdapter, readPrice, RESERVED } from "#/sources/litellm.ts";
import { readMultipliers, readRegionKey, type Multiplier } from "#/sources/litellm-variants.ts";
import { isObject, type PayloadObject } from "#/sources/payload-shape.ts";

/** LiteLLM's map. Its reserved keys are no entries, so they stay as they are. */
export const litellmDocument: DocumentFormat = {
  adapter: litellmAdapter,
  empty: "{}",
  documentOf: (root) => root,
  locate: (root) => ({
    entries: membersOf(root).flatMap(({ name, value }) => (RESERVED.has(name) ? [] : [{ listing: name, node: value }])),
    lists: new Map([["", root]]),
  }),
  rewrite: rewriteEntry,
  newEntries,
};

function rewriteEntry(
  entry: EntryText,
  offers: readonly TemplateOffer[],
  asked: ReadonlyMap<string, EntryPrice>,
): Rewritten {
  const listing = offers[0]?.listing ?? "";
  const region = readRegionKey(listing)?.region;
  const prices = new Map([...asked].map(([variant, price]) => [withinEntry(variant, region), price] as const));
  const found = findFields(entry);
  const own = new Map([...prices].filter(([variant]) => SUFFIXES.has(variant)));
  const conditional = new Map([...prices].filter(([variant]) => !SUFFIXES.has(variant)));
  const sheets = sheetsOf(found, own);
  const plan = planFields({
    ...entry,
    path: "",
    found,
    prices: own,
    isText: false,
    write: (lines) => writeLitellmFields(lines, sheets),
  });
  const original = readFactors(entry.value).filter(({ key }) => region === undefined || key !== "region");
  const seller = offers[0]?.seller ?? "";
  const { factors, omitted } = chooseFactors({ seller, sheets, prices: conditional, left: plan.left, original });
  const edits = withFactors(entry, plan.edits, original, factors);
  return { text: editObject(entry.text, entry.node, edits), omitted: omitted + sum(plan.left.values()) };
}

/** A variant as the entry itself knows it: the prices of a key that names a region are of that region already. */
function withinEntry(variant: string, region: string | undefined): string {
  return region !== undefined && conditionOf(variant, "region") === region
    ? withoutCondition(variant, "region")
    : variant;
}

function findFields({ node, value }: EntryText): PriceFields {
  const read = (isCopy: boolean) => (draft: EntryDraft) => {
    for (const [name, of] of Object.entries(value)) if (isOvertaken(value, name) === isCopy) readPrice(draft, name, of);
  };
  return findPriceFields(node, "", read(false), read(true));
}

/** What the variants with fields of their own say once the entry is written. */
function sheetsOf({ fields }: PriceFields, prices: ReadonlyMap<string, EntryPrice>) {
  const said = chargesOf(fields);
  const variants = new Set(["default", ...said.keys(), ...prices.keys()]);
  const sheets = [...variants].map((variant) => {
    const price = prices.get(variant) ?? "keep";
    if (price === "keep") return [variant, said.get(variant) ?? []] as const;
    return [variant, price === "withhold" ? [] : price.charges] as const;
  });
  return new Map(sheets);
}

const NO_DRAFT: EntryDraft = {
  charge: () => undefined,
  refuse: () => undefined,
  ignore: () => undefined,
  fail: () => undefined,
  finish: () => ({ variants: new Map(), faults: {} }),
};

function readFactors(entry: PayloadObject): Multiplier[] {
  return Object.entries(entry).flatMap(([name, value]) => readMultipliers(NO_DRAFT, name, value) ?? []);
}

/** Adds the factors that are others than the original's to an entry's edits. */
function withFactors(
  { text, node }: EntryText,
  edits: FieldPlan["edits"],
  original: readonly Multiplier[],
  factors: readonly Multiplier[],
): FieldPlan["edits"] {
  const isIn = (list: readonly Multiplier[], { field, factor }: Multiplier) =>
    list.some((one) => one.field === field && one.factor === factor);
  const gone = original.filter((factor) => !factors.some(({ field }) => field === factor.field));
  const changed = factors.filter((factor) => !isIn(original, factor));
  const texts = new Map<string, string | undefined>([
    ...gone.map(({ field }) => [field, undefined] as const),
    ...changed.map(({ field, factor }) => [field, factor] as const),
  ]);
  const set = new Map(edits.set);
  const insert = new Map(edits.insert);
  for (const [block, ofBlock] of Map.groupBy(texts, ([field]) => field.split(".")[0] ?? "")) {
    const member = memberOf(node, block);
    const inner = new Map(ofBlock.map(([field, to]) => [field.slice(block.length + 1), to] as const));
    if (inner.has("")) place(set, insert, block, inner.get(""), member !== undefined);
    else if (member?.value.type === "object") {
      const present = new Set(membersOf(member.value).map(({ name }) => name));
      const added = [...inner].flatMap(([key, to]) =>
        to === undefined || present.has(key) ? [] : [[key, new LosslessNumber(to)] as const],
      );
      const body = editObject(text, member.value, { set: inner, insert: new Map(added), behind: present });
      set.set(block, body === "{}" ? undefined : body);
    } else insert.set(block, Object.fromEntries([...inner].map(([key, to]) => [key, new LosslessNumber(to ?? "1")])));
  }
  return { ...edits, set, insert };
}

function place(
  set: Map<string, string | undefined>,
  insert: Map<string, unknown>,
  name: string,
  factor: string | undefined,
  isThere: boolean,
): void {
  if (isThere) set.set(name, factor);
  else if (factor !== undefined) insert.set(name, new LosslessNumber(factor));
}

function newEntries({ listedAs, model, variants, facts }: NewModel): { entries: readonly NewEntry[]; omitted: number } {
  const name = `${listedAs}/${model}`;
  const own = [...variants].filter(([variant]) => SUFFIXES.has(variant));
  const conditional = [...variants].filter(([variant]) => !SUFFIXES.has(variant) && variant.includes("="));
  // A seller's own word has no fields: it is an entry apart, and never written over the model's.
  const words = [...variants].filter(([variant]) => !SUFFIXES.has(variant) && !variant.includes("="));
  const apart = words.map(([variant, ask]) => newEntry(listedAs, `${name}:${variant}`, facts, [["default", ask]], []));
  const main = own.length === 0 ? undefined : newEntry(listedAs, name, facts, own, conditional);
  const lost = main === undefined ? sum(conditional.map(([, { charges }]) => charges.length)) : 0;
  const all = [...(main === undefined ? [] : [main]), ...apart];
  return { entries: all.map(({ entry }) => entry), omitted: lost + sum(all.map(({ omitted }) => omitted)) };
}

function newEntry(
  seller: string,
  name: string,
  facts: EntryFacts,
  own: readonly (readonly [string, Ask])[],
  conditional: readonly (readonly [string, Ask])[],
): { entry: NewEntry; omitted: number } {
  const sheets = new Map(own.map(([variant, { charges }]) => [variant, charges]));
  const { fields, left } = writeLitellmFields(sheets, sheets);
  const { factors, omitted } = chooseFactors({ seller, sheets, prices: new Map(conditional), left, original: [] });
  const byFactor: Record<string, unknown> = {};
  for (const { field, factor } of factors) {
    const [block = "", key] = field.split(".");
    const number = new LosslessNumber(factor);
    const before = byFactor[block];
    byFactor[block] = key === undefined ? number : { ...(isObject(before) ? before : {}), [key]: number };
  }
  const value = { litellm_provider: seller, ...factFields(facts), ...Object.fromEntries(fields), ...byFactor };
  return { entry: { list: "", listing: name, name, value }, omitted: omitted + sum(left.values()) };
}

function factFields({ mode, contextTokens, outputTokens, inputModalities, outputModalities }: EntryFacts) {
  const most = outputTokens ?? contextTokens;
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(contextTokens === undefined ? {} : { max_input_tokens: contextTokens }),
    ...(outputTokens === undefined ? {} : { max_output_tokens: outputTokens }),
    ...(most === undefined ? {} : { max_tokens: most }),
    ...(inputModalities === undefined ? {} : { supported_modalities: inputModalities }),
    ...(outputModalities === undefined ? {} : { supported_output_modalities: outputModalities }),
  };
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
