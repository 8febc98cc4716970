import { z } from "zod";
import { listEffectivePrices } from "#/book/list-effective-prices.ts";
import { suggestModels, type ModelSuggestion } from "#/book/suggest-models.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { chargeOutput, offerShape } from "#/terms/offer.ts";

/** A price that counts: nothing held, nothing unknown. */
export const priceInForce = z.object({
  seller: offerShape.seller,
  model: offerShape.model,
  variant: offerShape.variant,
  state: z.enum(["priced", "free"]),
  charges: z.array(chargeOutput),
  /** The sources it was taken from, or `pin`. */
  from: z.array(z.string()),
  observed_at: z.string(),
});

type Input = Readonly<{
  seller?: string | undefined;
  model?: string | undefined;
  variant?: string | undefined;
  at?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}>;
type Page = Readonly<{
  at: string;
  prices: z.infer<typeof priceInForce>[];
  nextCursor: string | null;
  didYouMean?: ModelSuggestion[];
}>;

/** One page of the prices in force at an instant; the pages that follow are of the same one. Throws `INVALID`. */
export async function listPricesInForce(db: Db, { at, limit, cursor, ...filter }: Input): Promise<Page> {
  const place = cursor === undefined ? undefined : readCursor(cursor);
  const knownAt = place?.knownAt ?? (await nowText(db));
  const asOf = { at: place?.at ?? at ?? knownAt, knownAt };
  const book = await listEffectivePrices(db, asOf, { ...filter, after: place });
  const prices = book.offers.flatMap(({ seller, model, variant, state, charges, from, observedAt }) =>
    state === "priced" || state === "free"
      ? [{ seller, model, variant, state, charges: [...charges], from: [...from], observed_at: observedAt }]
      : [],
  );
  const page = prices.slice(0, limit);
  const last = page.at(-1);
  const hasMore = prices.length > limit && last !== undefined;
  const { model, seller } = filter;
  const isUnknown = book.offers.length === 0 && model !== undefined && cursor === undefined;
  return {
    at: book.at,
    prices: page,
    nextCursor: hasMore ? writeCursor({ ...last, ...asOf }) : null,
    ...(isUnknown ? { didYouMean: await suggestModels(db, { model, seller }) } : {}),
  };
}

const instant = z.iso.datetime({ offset: true });
const cursorShape = z.tuple([z.string(), z.string(), z.string(), instant, instant]);
type Place = Readonly<{ model: string; seller: string; variant: string; at: string; knownAt: string }>;

function writeCursor({ model, seller, variant, at, knownAt }: Place): string {
  return Buffer.from(JSON.stringify([model, seller, variant, at, knownAt])).toString("base64url");
}

function readCursor(cursor: string): Place {
  try {
    const [model, seller, variant, at, knownAt] = cursorShape.parse(
      JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")),
    );
    return { model, seller, variant, at, knownAt };
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not one that a page answered; start again without it", { cause });
  }
}
