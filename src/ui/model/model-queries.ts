import type { OfferKey } from "#/price/offer.ts";
import { asOfInstants, type AsOfInput } from "#/ui/model/history/as-of.model.ts";

/** More changes than a model has in a year; the page says so where there are more. */
export const HISTORY_LIMIT = 500;

/** What the page of a model asks for, the same on the server and in the browser. */
export function modelQueries({ seller, model, variant }: OfferKey, asOf: AsOfInput) {
  const instants = asOfInstants(asOf);
  return {
    own: { model, seller, variant, ...instants },
    present: { model, seller, variant },
    everywhere: { model, ...instants },
    history: { model, seller, variant, limit: HISTORY_LIMIT },
    holds: { filter: { model }, limit: 200 },
  };
}
