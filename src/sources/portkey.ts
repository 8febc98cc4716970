import type { ParseOutcome, SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, hasPaidCharge, type EntryDraft } from "#/sources/entry-draft.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isAbsent, isObject, isUsableId, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { declare, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";

const CENTS = { unit: "token", usdPer: 1, usdExponent: -2 } as const;

const UNITS: readonly UnitDeclaration[] = [
  { field: "request_token", meter: "input", ...CENTS },
  { field: "response_token", meter: "output", ...CENTS },
  { field: "cache_read_input_token", meter: "cache_read", ...CENTS },
  { field: "cache_write_input_token", meter: "cache_write", ...CENTS },
  { field: "cache_write_1h", meter: "cache_write_1h", ...CENTS },
  { field: "request_audio_token", meter: "input_audio", ...CENTS },
  { field: "response_audio_token", meter: "output_audio", ...CENTS },
  { field: "thinking_token", meter: "reasoning", ...CENTS },
];
const DECLARED = declare(UNITS);
const PLANS = [
  ["pay_as_you_go", "default"],
  ["batch_config", "batch"],
] as const;
/** Of a block: what it is in, and how a bill is added up. Neither is a price. */
const NOT_PRICES: ReadonlySet<string> = new Set(["pay_as_you_go", "batch_config", "calculate", "currency"]);
/** The file's own fallback, whose prices are 0. */
const FALLBACK = "default";

/** One of Portkey's files: models by name, US cents per token. The file does not say whose prices they are. */
export const portkeyAdapter: SourceAdapter = {
  kind: "portkey",
  title: "Portkey models",
  options: { seller: "whose prices the file holds" },
  defaultUrl: "https://configs.portkey.ai/pricing/openai.json",
  version: 1,
  units: UNITS,
  zeroRule: UNKNOWN_AT_ZERO,
  parse(text, { options = {} }): ParseOutcome {
    const json = parseLossless(text);
    if (!json.ok) return json;
    if (!isObject(json.value))
      return problem("wrong_root", `Expected an object of models by name, got ${showValue(json.value)}.`);
    const map = json.value;
    const names = Object.keys(map).filter((name) => name !== FALLBACK);
    if (names.length === 0) return problem("empty", "The file holds no model.");
    if (!names.some((name) => isObject(map[name])))
      return problem("wrong_root", `Nothing in the file is a model; it holds ${showValue(names.join(", "))}.`);
    const seller = isUsableId(options["seller"]) ? options["seller"] : "portkey";
    const sheet = createSheetDraft(json.duplicateKeys);
    if (FALLBACK in map) sheet.skip("reserved");
    for (const name of names) readEntry(sheet, map[name], name, seller);
    return { ok: true, sheet: sheet.finish() };
  },
};

function problem(code: "wrong_root" | "empty", message: string): ParseOutcome {
  return { ok: false, problem: { code, message } };
}

function readEntry(sheet: SheetDraft, entry: unknown, name: string, seller: string): void {
  if (!isUsableId(name)) return sheet.reject(name, "schema", "no usable name");
  if (!isObject(entry)) return sheet.reject(name, "schema", `not an object: ${showValue(entry)}`);
  const draft = createEntryDraft(sheet, name);
  const config = readPricing(draft, entry["pricing_config"], "pricing_config");
  const { currency } = config;
  if (!isAbsent(currency) && currency !== "USD")
    draft.refuse("pricing_config.currency", `not in USD: ${showValue(currency)}`, currency);
  else for (const [plan, variant] of PLANS) readPlan(draft, config[plan], `pricing_config.${plan}`, variant);
  for (const key of Object.keys(config))
    if (!NOT_PRICES.has(key)) draft.refuse(`pricing_config.${key}`, "an undeclared kind of price");
  const { variants, faults } = draft.finish();
  for (const variant of new Set(["default", ...variants.keys()])) {
    const charges = variants.get(variant) ?? [];
    const isPriced = hasPaidCharge(charges);
    const state = isPriced ? ("priced" as const) : ("unknown" as const);
    sheet.offer({ seller, model: name, variant, listing: name, state, charges: isPriced ? charges : [], ...faults });
  }
}

function readPlan(draft: EntryDraft, value: unknown, path: string, variant: string): void {
  const { additional_units: more, ...prices } = readPricing(draft, value, path);
  const extra: PayloadObject = readPricing(draft, more, `${path}.additional_units`);
  for (const [field, price] of [...Object.entries(prices), ...Object.entries(extra)]) {
    const declaration = DECLARED.get(field);
    if (isAbsent(price)) continue;
    if (declaration === undefined) draft.refuse(`${path}.${field}`, "an undeclared unit");
    else if (isObject(price)) draft.charge(`${path}.${field}.price`, price["price"], declaration, variant);
    else draft.fail(`${path}.${field}`, "schema", `not an object: ${showValue(price)}`, price);
  }
}
