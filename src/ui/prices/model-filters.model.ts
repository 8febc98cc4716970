import { OFFER_STATES, type OfferState } from "#/terms/offer.ts";

/** What an offer may be marked with, beside the state of its price. */
export const OFFER_MARKS = ["held", "pinned", "stale", "missing", "delisted", "sunset"] as const;
type OfferMark = (typeof OFFER_MARKS)[number];

/** What the list is narrowed to; lives in the address. */
export type ModelFilters = Readonly<{
  search: string;
  source: string | undefined;
  state: OfferState | undefined;
  mark: OfferMark | undefined;
  /** The least context, in tokens. */
  context: number | undefined;
  takes: string | undefined;
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
    state,
    mark,
    context: LEAST_CONTEXTS.find((known) => String(known) === query.get("context")),
    takes: query.get("takes")?.slice(0, 40) || undefined,
    mode: query.get("mode")?.slice(0, 40) || undefined,
  };
}

/** `""` or `"?q=…"`, empty filters left out. */
export function filterQuery({ search, source, state, mark, context, takes, mode }: ModelFilters): string {
  const query = new URLSearchParams();
  if (search.trim() !== "") query.set("q", search.trim());
  if (source !== undefined) query.set("source", source);
  if (state !== undefined) query.set("state", state);
  if (mark !== undefined) query.set("mark", mark);
  if (context !== undefined) query.set("context", String(context));
  if (takes !== undefined) query.set("takes", takes);
  if (mode !== undefined) query.set("mode", mode);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
