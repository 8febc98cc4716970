import type { ApiDeps } from "#/api/trpc.ts";
import type { ReadPast } from "#/book/quote-usage.ts";

/** Reads what was where this book's past is read: from a replica that has all of it, where there is one. */
export function readPast({ prices, past }: Pick<ApiDeps, "prices" | "past">): ReadPast {
  return async (work) => past.read((await prices.read()).mark, ({ db }) => work(db));
}
