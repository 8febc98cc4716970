import { OFFER_STATES, type OfferState } from "#/terms/offer.ts";

/** What an offer may be marked with, beside the state of its price. */
export const OFFER_MARKS = ["held", "pinned", "stale", "missing", "delisted"] as const;
type OfferMark = (typeof OFFER_MARKS)[number];

/** What the list is narrowed to; lives in the address. */
export type ModelFilters = Readonly<{
  search: string;
  source: string | undefined;
  state: OfferState | undefined;
  mark: OfferMark | undefined;
}>;

export function readFilters(query: URLSearchParams): ModelFilters {
  const state = OFFER_STATES.find((known) => known === query.get("state"));
  const mark = OFFER_MARKS.find((known) => known === query.get("mark"));
  return { search: (query.get("q") ?? "").slice(0, 200), source: query.get("source") || undefined, state, mark };
}

/** `""` or `"?q=…"`, empty filters left out. */
export function filterQuery({ search, source, state, mark }: ModelFilters): string {
  const query = new URLSearchParams();
  if (search.trim() !== "") query.set("q", search.trim());
  if (source !== undefined) query.set("source", source);
  if (state !== undefined) query.set("state", state);
  if (mark !== undefined) query.set("mark", mark);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
