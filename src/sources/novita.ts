import { sortCharges, type Charge } from "#/price/charge.ts";
import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft, type EntryDraft } from "#/sources/entry-draft.ts";
import { isAbsent, type PayloadObject } from "#/sources/payload-shape.ts";
import { readAmount } from "#/sources/read-amount.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import { offerDefault, readPricing, UNKNOWN_AT_ZERO } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { Meter } from "#/terms/meter.ts";

const TEN_THOUSANDTHS = { usdPer: 1_000_000, usdExponent: -4 } as const;
const DECIMAL = { usdPer: 1_000_000 } as const;

const METERS = [
  ["prompt", "input"],
  ["completion", "output"],
  ["input_cache_read", "cache_read"],
  ["input_cache_write", "cache_write"],
] as const satisfies readonly (readonly [string, Meter])[];

const OLDER = [
  ["input_token_price_per_m", "input"],
  ["output_token_price_per_m", "output"],
] as const satisfies readonly (readonly [string, Meter])[];

const UNITS: readonly UnitDeclaration[] = [
  ...OLDER.map(([field, meter]) => ({ field, meter, unit: "token" as const, ...TEN_THOUSANDTHS })),
  ...METERS.flatMap(([name, meter]) => [
    { field: `${name}.price_per_m`, meter, unit: "token" as const, ...TEN_THOUSANDTHS },
    { field: `${name}.price_per_m_decimal`, meter, unit: "token" as const, ...DECIMAL },
  ]),
];

const FACTS: FactFields = {
  contextTokens: "context_size",
  outputTokens: "max_output_tokens",
  inputModalities: "input_modalities",
  outputModalities: "output_modalities",
  mode: "model_type",
};

/**
 * Novita's list: whole numbers of 1/10,000 USD per 1M tokens, and beside them decimal texts in USD per 1M. Both must say the
 * same. `origin_…` is the list price, what stands without it is asked now.
 */
export const novitaAdapter: SourceAdapter = {
  kind: "novita",
  title: "Novita",
  defaultUrl: "https://api.novita.ai/openai/v1/models",
  version: 2,
  units: UNITS,
  zeroRule: `${UNKNOWN_AT_ZERO} An embedding model's output is 0.`,
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const draft = createEntryDraft(sheet, id);
  const pricing = readPricing(draft, entry["pricing"], "pricing");
  const list: Charge[] = [];
  let isDiscounted = false;
  for (const [field, meter] of OLDER) draft.charge(field, entry[field], { meter, unit: "token", ...TEN_THOUSANDTHS });
  for (const [name, meter] of METERS) {
    const price = readPricing(draft, pricing[name], `pricing.${name}`);
    readPrice(draft, price, name, meter);
    const origin = readOrigin(price);
    if (origin === undefined) continue;
    list.push({ meter, unit: "token", amount: origin.amount });
    isDiscounted ||= origin.differs;
  }
  for (const name of Object.keys(pricing))
    if (!METERS.some(([known]) => known === name) && !isAbsent(pricing[name]))
      draft.refuse(`pricing.${name}`, "undeclared price field");
  if (entry["is_tiered_billing"] === true)
    draft.fail("tiered_billing_configs", "schema", "billed by tiers whose shape is not declared");
  const discount = isDiscounted ? { listCharges: sortCharges(list) } : undefined;
  offerDefault(sheet, { seller: "novita", model: id, listing: id }, draft.finish(), {
    discount,
    ...readFacts(entry, FACTS),
  });
}

function readPrice(draft: EntryDraft, price: PayloadObject, name: string, meter: Meter): void {
  const line = { meter, unit: "token" as const };
  const { price_per_m: whole, price_per_m_decimal: exact } = price;
  draft.charge(`pricing.${name}.price_per_m_decimal`, exact, { ...line, ...DECIMAL });
  draft.charge(`pricing.${name}.price_per_m`, whole, { ...line, ...TEN_THOUSANDTHS });
}

function readOrigin(price: PayloadObject) {
  const { origin_price_per_m_decimal: exact, price_per_m_decimal: now } = price;
  if (isAbsent(exact) || isAbsent(now)) return undefined;
  const [origin, current] = [readAmount(exact, DECIMAL), readAmount(now, DECIMAL)];
  if (!origin.ok || !current.ok) return undefined;
  return { amount: origin.amount, differs: origin.amount !== current.amount };
}
