import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { FOCUS_COLUMNS, focusHeader, writeFocusRows } from "#/cli/focus-rows.ts";
import type { QuotedLine } from "#/cli/quote-totals.ts";
import { decimal, multiply } from "#/price/decimal.ts";

/** The columns that FOCUS 1.2 wants in every data set of cost and usage, and where it forbids a null in a row of usage. */
const MANDATORY = {
  BilledCost: "decimal",
  BillingAccountId: "text",
  BillingAccountName: "text",
  BillingCurrency: "text",
  BillingPeriodEnd: "instant",
  BillingPeriodStart: "instant",
  ChargeCategory: "text",
  ChargeClass: "null",
  ChargeDescription: "text",
  ChargePeriodEnd: "instant",
  ChargePeriodStart: "instant",
  ContractedCost: "decimal",
  EffectiveCost: "decimal",
  InvoiceIssuerName: "text",
  ListCost: "decimal",
  PricingQuantity: "decimal",
  PricingUnit: "text",
  ProviderName: "text",
  PublisherName: "text",
  ServiceCategory: "text",
  ServiceName: "text",
} as const;
/** Those that it wants of whoever measures usage and has unit prices. */
const PRICED = {
  ConsumedQuantity: "decimal",
  ConsumedUnit: "text",
  ContractedUnitPrice: "decimal",
  ListUnitPrice: "decimal",
  SkuId: "text",
  SkuMeter: "text",
  SkuPriceDetails: "text",
  SkuPriceId: "text",
} as const;
const RULES = {
  decimal: /^\d+(\.\d+)?$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  text: /^\S(.*\S)?$/,
  null: /^$/,
} as const;
/** What FOCUS 1.2 allows. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ChargeCategory: ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
  ChargeFrequency: ["One-Time", "Recurring", "Usage-Based"],
  PricingCategory: ["Standard", "Dynamic", "Committed", "Other"],
  ServiceCategory: ["AI and Machine Learning"],
  ServiceSubcategory: [
    "AI Platforms",
    "Bots",
    "Generative AI",
    "Machine Learning",
    "Natural Language Processing",
    "Other (AI and Machine Learning)",
  ],
};

type Quote = QuotedLine["quote"];

const quote: Quote = {
  id: "=1+1",
  outcome: "priced",
  seller: "acme",
  model: "@m",
  variant: "default",
  at: "2026-12-31T23:59:59.750-00:30",
  total: "0.0030000005",
  unpriced: [],
  rate: "7",
  version: "12",
  problem: null,
  lines: [
    {
      meter: "input",
      unit: "token",
      units: 1_000,
      amount: "0.000003",
      cost: "0.003",
      charge: "input/token>200000@01:00-02:00",
    },
    {
      meter: "reasoning",
      unit: "token",
      units: "0.5",
      amount: "0.000000001",
      cost: "0.0000000005",
      charge: "output/token",
    },
  ],
};
const line = (more: Partial<Quote> = {}): QuotedLine => ({
  row: { line: 3, asked: {}, billed: undefined },
  quote: { ...quote, ...more },
});

function readRows(...quotes: QuotedLine[]): Record<string, string>[] {
  return parse(focusHeader() + writeFocusRows(quotes, "team 7"), { columns: true });
}

test("every mandatory column of FOCUS 1.2 is there and holds what it may hold, and so are those of units and prices", () => {
  const rows = readRows(line());
  expect(rows).toHaveLength(2);
  for (const row of rows) {
    for (const [column, rule] of Object.entries({ ...MANDATORY, ...PRICED }))
      expect(row[column], column).toMatch(RULES[rule]);
    for (const [column, values] of Object.entries(ALLOWED)) expect(values, column).toContain(row[column]);
    expect(row).toMatchObject({ BillingCurrency: "USD", BillingAccountId: "team 7", InvoiceIssuerName: "acme" });
  }
});

test("a column is named as FOCUS names columns, one that is not of FOCUS begins with x_, and none is there twice", () => {
  for (const column of FOCUS_COLUMNS) expect(column).toMatch(/^(x_)?([A-Z][a-z]+)+$/);
  expect(new Set(FOCUS_COLUMNS).size).toBe(FOCUS_COLUMNS.length);
});

test("a cost is exactly its unit price times its quantity", () => {
  for (const row of readRows(line())) {
    const field = (name: string) => decimal(row[name] ?? "");
    expect(multiply(field("ListUnitPrice"), field("PricingQuantity"))).toBe(row["ListCost"]);
    expect(multiply(field("ContractedUnitPrice"), field("PricingQuantity"))).toBe(row["ContractedCost"]);
    expect([row["BilledCost"], row["EffectiveCost"]]).toEqual([row["ListCost"], row["ListCost"]]);
  }
});

test("a request is charged for its second, in the month of UTC", () => {
  expect(readRows(line())[0]).toMatchObject({
    ChargePeriodStart: "2027-01-01T00:29:59Z",
    ChargePeriodEnd: "2027-01-01T00:30:00Z",
    BillingPeriodStart: "2027-01-01T00:00:00Z",
    BillingPeriodEnd: "2027-02-01T00:00:00Z",
  });
});

test("what costs as much as another meter is that meter's SKU, and a tier is a price of a SKU", () => {
  expect(readRows(line())).toMatchObject([
    {
      SkuId: "acme/@m/default/input/token",
      SkuPriceId: "acme/@m/default/input/token>200000@01:00-02:00",
      SkuMeter: "Input",
      ConsumedUnit: "Tokens",
    },
    {
      SkuId: "acme/@m/default/output/token",
      SkuPriceId: "acme/@m/default/output/token",
      SkuMeter: "Output",
      ChargeDescription: "Reasoning of @m",
    },
  ]);
  const [details] = readRows(line()).map((row) => JSON.parse(row["SkuPriceDetails"] ?? "") as unknown);
  expect(details).toEqual({ x_Model: "@m", x_Variant: "default", x_Charge: "input/token>200000@01:00-02:00" });
});

test("a quote without a total has no row, and an id is no formula", () => {
  expect(readRows(line({ total: null, outcome: "unpriced" }))).toEqual([]);
  expect(readRows(line())[0]).toMatchObject({ x_LineId: "'=1+1", x_Line: "3", x_BookVersion: "12" });
});
