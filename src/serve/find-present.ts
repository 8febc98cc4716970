import { z } from "zod";
import type { PresentRate } from "#/book/present-rates.ts";
import type { FindPresent } from "#/book/quote-usage.ts";
import type { QuotableRate } from "#/price/quote.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { RateTable } from "#/serve/rate-table.ts";
import { chargeOutput } from "#/terms/offer-output.ts";

const charged = z.object({ charges: z.array(chargeOutput) });

/** The book in memory; answers nothing while it is not confirmed. */
type Present = Readonly<{ current: () => Readonly<{ rates: Pick<RateTable, "ofModel"> }> | undefined }>;

/** Finds present rates in memory, read once each; finds nothing out while the book is not confirmed. */
export function createFindPresent(prices: Present): FindPresent {
  const read = new WeakMap<PresentRate, QuotableRate>();
  const quotable = (rate: PresentRate): QuotableRate => {
    const known = read.get(rate) ?? readRate(rate);
    read.set(rate, known);
    return known;
  };
  return ({ seller, model, variant }) =>
    prices
      .current()
      ?.rates.ofModel(model)
      .filter((rate) => rate.variant === variant && (seller === undefined || rate.seller === seller))
      .map(quotable);
}

function readRate({ json, id, seller, model, variant, state, version }: PresentRate): QuotableRate {
  const charges = json === null ? [] : readCharges(charged.parse(JSON.parse(json)).charges);
  return { id, seller, model, variant, state, version, charges };
}
