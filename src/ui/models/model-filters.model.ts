import { OFFER_STATES, type OfferState } from "#/price/offer.ts";

/** What the list is narrowed to; lives in the address. */
export type ModelFilters = Readonly<{ search: string; source: string | undefined; state: OfferState | undefined }>;

export function readFilters(query: URLSearchParams): ModelFilters {
  const state = OFFER_STATES.find((known) => known === query.get("state"));
  return { search: (query.get("q") ?? "").slice(0, 200), source: query.get("source") || undefined, state };
}

/** `""` or `"?q=…"`, empty filters left out. */
export function filterQuery({ search, source, state }: ModelFilters): string {
  const query = new URLSearchParams();
  if (search.trim() !== "") query.set("q", search.trim());
  if (source !== undefined) query.set("source", source);
  if (state !== undefined) query.set("state", state);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
