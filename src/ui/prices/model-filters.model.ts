import { OFFER_STATES, type OfferState } from "#/terms/offer.ts";

/** What an offer may be marked with, beside the state of its price. */
export const OFFER_MARKS = ["held", "pinned", "stale", "missing", "delisted", "sunset"] as const;
export type OfferMark = (typeof OFFER_MARKS)[number];

/** What the list is narrowed to; lives in the address. */
export type ModelFilters = Readonly<{
  search: string;
  source: string | undefined;
  seller: string | undefined;
  state: OfferState | undefined;
  mark: OfferMark | undefined;
  /** The least context, in tokens. */
  context: number | undefined;
  mode: string | undefined;
}>;

/** The least contexts that the list can be narrowed to. */
export const LEAST_CONTEXTS = [32_000, 128_000, 200_000, 1_000_000] as const;

export function readFilters(query: URLSearchParams): ModelFilters {
  const state = OFFER_STATES.find((known) => known === query.get("state"));
  const mark = OFFER_MARKS.find((known) => known === query.get("mark"));
  return {
    search: (query.get("q") ?? "").slice(0, 200),
    source: query.get("source") || undefined,
    seller: query.get("seller") || undefined,
    state,
    mark,
    context: LEAST_CONTEXTS.find((known) => String(known) === query.get("context")),
    mode: query.get("mode")?.slice(0, 40) || undefined,
  };
}

/** What the address says for each filter; undefined for one that narrows nothing. */
export function filtersInAddress(filters: ModelFilters): Readonly<Record<string, string | undefined>> {
  const { search, source, seller, state, mark, context, mode } = filters;
  return { q: search.trim() || undefined, source, seller, state, mark, context: context?.toString(), mode };
}

export function isFiltered(filters: ModelFilters): boolean {
  return Object.values(filtersInAddress(filters)).some((value) => value !== undefined);
}

/** The address of a CSV with exactly the prices that the filters let through. */
export function csvHref(filters: ModelFilters): string {
  const { q, context, ...others } = filtersInAddress(filters);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...others, search: q, contextTokens: context }))
    if (value !== undefined) query.set(name, value);
  return query.size === 0 ? "/v1/export/csv" : `/v1/export/csv?${query.toString()}`;
}
