import { readCursor, writeCursor } from "#/book/price-cursor.ts";
import type { PresentRate } from "#/book/present-rates.ts";
import { canonicalVariant } from "#/price/variant.ts";
import type { PresentBook } from "#/serve/snapshot.ts";

type Asked = Readonly<{
  seller?: string | undefined;
  model?: string | undefined;
  variant?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}>;

/** A page of the present prices, as JSON. `isUnknown`: nobody lists the model that was asked for. */
export type PresentPage = Readonly<{ prices: readonly string[]; nextCursor: string | null; isUnknown: boolean }>;

/** Reads one page from memory; `undefined` when its cursor is of a book that is not the present one any more. */
export function listPresent(book: PresentBook, { limit, cursor, ...filter }: Asked): PresentPage | undefined {
  const { mark, sellers, rates } = book;
  const place = cursor === undefined ? undefined : readCursor(cursor);
  if (place !== undefined && (place.mark !== mark.mark || place.asked !== null)) return undefined;
  const seller = filter.seller === undefined ? undefined : sellers.identityOf(filter.seller);
  const variant = filter.variant === undefined ? undefined : canonicalVariant(filter.variant);
  const isAsked = (rate: PresentRate) =>
    rate.json !== null &&
    (seller === undefined || rate.seller === seller) &&
    (variant === undefined || rate.variant === variant);

  const candidates = filter.model === undefined ? rates.all() : rates.ofModel(filter.model);
  const last = place === undefined ? undefined : rates.find(place);
  const prices: string[] = [];
  let end: PresentRate | undefined;
  for (let index = last === undefined ? 0 : candidates.indexOf(last) + 1; index < candidates.length; index += 1) {
    const rate = candidates[index];
    if (rate === undefined || rate.json === null || !isAsked(rate)) continue;
    if (prices.length === limit && end !== undefined)
      return {
        prices,
        nextCursor: writeCursor({ ...end, at: mark.now, mark: mark.mark, asked: null }),
        isUnknown: false,
      };
    prices.push(rate.json);
    end = rate;
  }
  const isUnknown = filter.model !== undefined && rates.ofModel(filter.model).length === 0;
  return { prices, nextCursor: null, isUnknown };
}
