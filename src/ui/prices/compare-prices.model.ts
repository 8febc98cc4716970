import { chargeKey, displayCharge, sortCharges, type Charge } from "#/price/charge.ts";
import { conditionWords, meterWords, usd } from "#/price/charge-words.ts";

/** One line of several sheets side by side. */
export type ComparedLine = Readonly<{
  key: string;
  /** "Input above 200,000 prompt tokens". */
  name: string;
  /** "1M tokens". */
  per: string;
  /** One for each sheet; undefined where the sheet has no such line. */
  prices: readonly (string | undefined)[];
}>;

/** Every line that one of the sheets has, in the order of a sheet, with what each of them asks. */
export function compareSheets(sheets: readonly (readonly Charge[])[]): ComparedLine[] {
  const priced = sheets.map((charges) => new Map(charges.map((charge) => [chargeKey(charge), charge])));
  const lines = new Map(sortCharges(sheets.flat()).map((charge) => [chargeKey(charge), charge]));
  return [...lines].map(([key, line]) => ({
    key,
    name: [meterWords(line.meter), conditionWords(line)].filter(Boolean).join(" "),
    per: displayCharge(line).per,
    prices: priced.map((sheet) => {
      const charge = sheet.get(key);
      return charge && usd(displayCharge(charge).amount);
    }),
  }));
}
