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

export const NO_FILTERS: ModelFilters = {
  search: "",
  source: undefined,
  seller: undefined,
  state: undefined,
  mark: undefined,
  context: undefined,
  mode: undefined,
};

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

/** The filters as the API takes them; undefined for one that narrows nothing. */
function filtersForApi(filters: ModelFilters) {
  const { source, seller, state, mark, context, mode } = filters;
  return { search: filters.search.trim() || undefined, source, seller, state, mark, contextTokens: context, mode };
}

/** How many rows come with the page: more than any screen shows at first. */
const FIRST_ROWS = 40;

export function firstRowsInput(filters: ModelFilters) {
  return { ...filtersForApi(filters), limit: FIRST_ROWS };
}

/**
 * The address of a CSV with exactly the prices that the filters let through. An empty search is a filter as well: without one the
 * CSV leaves out the prices that are not known.
 */
export function csvHref(filters: ModelFilters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filtersForApi(filters), search: filters.search.trim() }))
    if (value !== undefined) query.set(name, String(value));
  return `/v1/export/csv?${query.toString()}`;
}
