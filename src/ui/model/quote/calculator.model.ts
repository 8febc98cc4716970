import type { Charge } from "#/price/charge.ts";
import { meterWords } from "#/price/charge-words.ts";
import { decimal, multiply, type Decimal } from "#/price/decimal.ts";
import { quoteRate, type QuotableRate, type Quote } from "#/price/quote.ts";
import { usageKey, UNITS_TEXT, type UsageKey } from "#/price/usage-keys.ts";

/** One thing that a request may use: every priced meter and unit has a field. */
export type CalculatorField = Readonly<{ key: UsageKey; label: string; start: string }>;

const START: Partial<Record<UsageKey, string>> = { input: "1000", output: "500" };

/** The fields of a price, in the order of its sheet. A request itself is always one. */
export function calculatorFields(charges: readonly Charge[]): CalculatorField[] {
  const fields = new Map<string, CalculatorField>();
  for (const { meter, unit } of charges) {
    const key = usageKey(meter, unit);
    const units = unit === "gb_day" ? "GB days" : unit.endsWith("ch") ? `${unit}es` : `${unit}s`;
    if (meter !== "request") fields.set(key, { key, label: `${meterWords(meter)}, ${units}`, start: START[key] ?? "" });
  }
  return [...fields.values()];
}

export type Calculation =
  | Readonly<{ outcome: "unreadable"; key: string }>
  | Readonly<{ outcome: "quoted"; quote: Quote; perThousand: Decimal | null }>;

/** What the typed request costs, exactly, at an instant (ISO 8601); an empty field is 0. */
export function calculate(rate: QuotableRate, typed: Readonly<Record<string, string>>, at: string): Calculation {
  const usage: Record<string, string> = {};
  for (const [key, text] of Object.entries(typed)) {
    const units = text.replaceAll(/[\s,_]/g, "");
    if (units === "") continue;
    if (!UNITS_TEXT.test(units)) return { outcome: "unreadable", key };
    usage[key] = units;
  }
  const quote = quoteRate(rate, usage, { at });
  const perThousand = quote.total === null ? null : multiply(quote.total, decimal("1000"));
  return { outcome: "quoted", quote, perThousand };
}
