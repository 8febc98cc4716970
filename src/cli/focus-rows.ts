import { stringify } from "csv-stringify/sync";
import type { QuotedLine } from "#/cli/quote-totals.ts";
import { meterWords } from "#/price/charge-words.ts";
import { decimal } from "#/price/decimal.ts";
import { findMetered } from "#/price/usage-keys.ts";
import type { Unit } from "#/terms/meter.ts";

type Quote = QuotedLine["quote"];
type Line = NonNullable<Quote["lines"]>[number];

/**
 * The columns of the FinOps Open Cost and Usage Specification (FOCUS) 1.2 that a quote can fill: all mandatory ones and those about
 * units and prices (https://focus.finops.org/focus-specification/v1-2/). Columns of our own begin with `x_`, as it asks.
 */
export const FOCUS_COLUMNS = [
  "BilledCost",
  "BillingAccountId",
  "BillingAccountName",
  "BillingCurrency",
  "BillingPeriodEnd",
  "BillingPeriodStart",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "ChargeFrequency",
  "ChargePeriodEnd",
  "ChargePeriodStart",
  "ConsumedQuantity",
  "ConsumedUnit",
  "ContractedCost",
  "ContractedUnitPrice",
  "EffectiveCost",
  "InvoiceIssuerName",
  "ListCost",
  "ListUnitPrice",
  "PricingCategory",
  "PricingQuantity",
  "PricingUnit",
  "ProviderName",
  "PublisherName",
  "ResourceId",
  "ServiceCategory",
  "ServiceName",
  "ServiceSubcategory",
  "SkuId",
  "SkuMeter",
  "SkuPriceDetails",
  "SkuPriceId",
  "x_BookVersion",
  "x_Line",
  "x_LineId",
] as const;

type FocusRow = Readonly<Record<(typeof FOCUS_COLUMNS)[number], string>>;

/** Units as FOCUS writes them: capitalized, in the plural. */
const UNITS_IN_FOCUS = {
  token: "Tokens",
  image: "Images",
  second: "Seconds",
  request: "Requests",
  search: "Searches",
  page: "Pages",
  pixel: "Pixels",
  character: "Characters",
  call: "Calls",
  session: "Sessions",
  credit: "Credits",
  gb_day: "GB-Days",
} as const satisfies Record<Unit, string>;

/** The first line of the file. */
export function focusHeader(): string {
  return stringify([[...FOCUS_COLUMNS]]);
}

/**
 * A CSV row for each meter of each quote that has a total, amounts in USD. FOCUS allows no row without a cost, so a quote without a
 * total has no row. `account` is who pays.
 */
export function writeFocusRows(batch: readonly QuotedLine[], account: string): string {
  const rows = batch.flatMap((quoted) =>
    quoted.quote.total === null ? [] : (quoted.quote.lines ?? []).map((line) => focusRow(quoted, line, account)),
  );
  // A spreadsheet must not take an id for a formula.
  return stringify(rows, { columns: [...FOCUS_COLUMNS], escape_formulas: true });
}

function focusRow({ row, quote }: QuotedLine, line: Line, account: string): FocusRow {
  const { seller, model, variant, at } = quote;
  if (seller === null || model === null || variant === null || at === null)
    throw new Error("a quote with a total does not say whose it is");
  const unit = UNITS_IN_FOCUS[line.unit];
  const units = decimal(String(line.units));
  const named = variant === "default" ? model : `${model} [${variant}]`;
  return {
    ...COMMON,
    ...periodsOf(new Date(at)),
    ...skuOf({ seller, model, variant }, line),
    BillingAccountId: account,
    BillingAccountName: account,
    ChargeDescription: `${meterWords(line.meter)} of ${named}`,
    // One price is known: what Ratebook says is in force.
    BilledCost: line.cost,
    ContractedCost: line.cost,
    EffectiveCost: line.cost,
    ListCost: line.cost,
    ContractedUnitPrice: line.amount,
    ListUnitPrice: line.amount,
    ConsumedQuantity: units,
    ConsumedUnit: unit,
    PricingQuantity: units,
    PricingUnit: unit,
    InvoiceIssuerName: seller,
    ProviderName: seller,
    PublisherName: seller,
    x_BookVersion: quote.version ?? "",
    x_Line: String(row.line),
    x_LineId: quote.id ?? "",
  };
}

/** What is the same in every row. An empty field is null. */
const COMMON = {
  BillingCurrency: "USD",
  ChargeCategory: "Usage",
  ChargeClass: "",
  ChargeFrequency: "Usage-Based",
  PricingCategory: "Standard",
  ResourceId: "",
  ServiceCategory: "AI and Machine Learning",
  ServiceName: "Model inference",
  ServiceSubcategory: "Generative AI",
} as const;

type Periods = "BillingPeriodStart" | "BillingPeriodEnd" | "ChargePeriodStart" | "ChargePeriodEnd";

/** The month in UTC, and the second: FOCUS knows no shorter time, and an end is the first instant that is not part of a period. */
function periodsOf(at: Date): Pick<FocusRow, Periods> {
  const month = (offset: number) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + offset);
  const second = Math.floor(at.getTime() / 1_000) * 1_000;
  return {
    BillingPeriodStart: writeSecond(month(0)),
    BillingPeriodEnd: writeSecond(month(1)),
    ChargePeriodStart: writeSecond(second),
    ChargePeriodEnd: writeSecond(second + 1_000),
  };
}

function writeSecond(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

type Key = Readonly<{ seller: string; model: string; variant: string }>;
type Sku = "SkuId" | "SkuMeter" | "SkuPriceDetails" | "SkuPriceId";

/** A SKU is what the price sheet prices apart: reasoning that costs what output does is the SKU of output. Its lines are its prices. */
function skuOf({ seller, model, variant }: Key, { charge, meter }: Line): Pick<FocusRow, Sku> {
  const [priced = charge] = charge.split(/[>@]/);
  const details = { x_Model: model, x_Variant: variant, x_Charge: charge };
  return {
    SkuId: `${seller}/${model}/${variant}/${priced}`,
    SkuMeter: meterWords(findMetered(priced)?.meter ?? meter),
    SkuPriceDetails: JSON.stringify(details),
    SkuPriceId: `${seller}/${model}/${variant}/${charge}`,
  };
}
