import { findBaseAmount, type Charge } from "#/price/charge.ts";
import { withCondition } from "#/price/variant.ts";
import type { ParseOutcome, SourceAdapter } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft, type Faults } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { MODELS_DEV_UNITS, readCost } from "#/sources/models-dev-cost.ts";
import { findZeroReason } from "#/sources/models-dev-zeros.ts";
import { isAbsent, isObject, isUsableId, showValue } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields, type ReadFacts } from "#/sources/read-facts.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";
import type { OfferState } from "#/terms/offer.ts";

/** `status` says that a model is deprecated, and not since when. */
const FACTS: FactFields = {
  contextTokens: "limit.context",
  outputTokens: "limit.output",
  inputModalities: "modalities.input",
  outputModalities: "modalities.output",
  releasedOn: "release_date",
};

/** The catalogue of `models.dev/api.json`: sellers by name, each with its models. */
export const modelsDevAdapter: SourceAdapter = {
  kind: "models-dev",
  title: "models.dev",
  defaultUrl: "https://models.dev/api.json",
  version: 4,
  units: MODELS_DEV_UNITS,
  zeroRule:
    "0 for input and output, with nothing above 0, is free. It is unknown at sellers that write 0 for a plan, a trial " +
    "or no data, at sellers whose every price is 0, and for models that answer with more than text.",
  parse: parseModelsDev,
};

function parseModelsDev(text: string): ParseOutcome {
  const json = parseLossless(text);
  if (!json.ok) return json;
  if (!isObject(json.value))
    return problem("wrong_root", `Expected an object of sellers by name, got ${showValue(json.value)}.`);
  const sellers = Object.entries(json.value);
  if (sellers.length === 0) return problem("empty", "The catalogue holds no seller.");
  const catalogues = sellers.flatMap(([, seller]) =>
    isObject(seller) && isObject(seller["models"]) ? [seller["models"]] : [],
  );
  if (catalogues.length === 0)
    return problem(
      "wrong_root",
      `Nothing in the catalogue is a seller with models; it holds ${showValue(sellers.map(([name]) => name).join(", "))}.`,
    );
  if (catalogues.every((models) => Object.keys(models).length === 0))
    return problem("empty", "No seller of the catalogue has a model.");

  const sheet = createSheetDraft(json.duplicateKeys);
  for (const [name, seller] of sellers) readSeller(sheet, name, seller);
  return { ok: true, sheet: sheet.finish() };
}

function problem(code: "wrong_root" | "empty", message: string): ParseOutcome {
  return { ok: false, problem: { code, message } };
}

type Entry = Readonly<{
  key: string;
  model: string;
  isTextOnly: boolean;
  facts: ReadFacts;
  variants: ReadonlyMap<string, readonly Charge[]>;
  faults: Faults;
}>;

function readSeller(sheet: SheetDraft, seller: string, value: unknown): void {
  if (!isUsableId(seller)) return sheet.reject(seller, "schema", "no usable seller");
  if (!isObject(value)) return sheet.reject(seller, "schema", `not an object: ${showValue(value)}`);
  const models = value["models"];
  if (!isObject(models)) return sheet.reject(`${seller}.models`, "schema", `not an object: ${showValue(models)}`);

  const entries = Object.entries(models).flatMap(([key, entry]) => readEntry(sheet, seller, key, entry) ?? []);
  const sellsAnything = entries.some(({ variants }) => [...variants.values()].some(hasPaidCharge));
  for (const { key, model, isTextOnly, facts, variants, faults } of entries) {
    const zeroIsPrice = sellsAnything && isTextOnly && findZeroReason(seller, model) === undefined;
    for (const variant of new Set(["default", ...variants.keys()])) {
      const charges = variants.get(variant) ?? [];
      const state = stateOf(charges, zeroIsPrice);
      const listing = `${seller}/${key}`;
      const counted = state === "unknown" ? [] : charges;
      sheet.offer({ seller, model, variant, listing, state, charges: counted, ...facts, ...faults });
    }
  }
}

function readEntry(sheet: SheetDraft, seller: string, key: string, entry: unknown): Entry | undefined {
  const path = `${seller}.models.${key}`;
  const model = isObject(entry) ? entry["id"] : undefined;
  if (!isObject(entry) || !isUsableId(model) || !isUsableId(key)) {
    sheet.reject(
      path,
      "schema",
      isObject(entry) ? `no usable id: ${showValue(model)}` : `not an object: ${showValue(entry)}`,
    );
    return undefined;
  }
  const draft = createEntryDraft(sheet, path);
  readCost(draft, entry["cost"], "cost", "default");
  readModes(draft, entry["experimental"]);
  return { key, model, isTextOnly: isTextOnly(entry["modalities"]), facts: readFacts(entry, FACTS), ...draft.finish() };
}

/** `experimental.modes.fast.cost` is what the variant `speed=fast` costs; a mode without a cost is no offer. */
function readModes(draft: EntryDraft, experimental: unknown): void {
  const modes = isObject(experimental) ? experimental["modes"] : undefined;
  if (!isObject(modes)) return;
  for (const [name, mode] of Object.entries(modes)) {
    if (!isObject(mode) || isAbsent(mode["cost"])) continue;
    const path = `experimental.modes.${name}`;
    if (!isUsableId(name)) draft.refuse(path, "no usable name for a variant");
    else readCost(draft, mode["cost"], `${path}.cost`, withCondition("default", "speed", name));
  }
}

function isTextOnly(modalities: unknown): boolean {
  const output: unknown = isObject(modalities) ? modalities["output"] : undefined;
  return Array.isArray(output) && output.length > 0 && output.every((kind) => kind === "text");
}

function stateOf(charges: readonly Charge[], zeroIsPrice: boolean): OfferState {
  if (hasPaidCharge(charges)) return "priced";
  const isZero = findBaseAmount(charges, "input") === "0" && findBaseAmount(charges, "output") === "0";
  return isZero && zeroIsPrice ? "free" : "unknown";
}
