import type { QueryClient } from "@tanstack/react-query";
import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";
import { holdFilterOf, type ReviewFilters } from "#/ui/review/review-filters.model.ts";

/** What the server puts into the page: the holds of a usual screen. */
const FIRST_HOLDS = 25;

/** Which holds the filters let through, the worst first. The server asks in the same words. */
export function holdOrder(trpc: TRPCOptionsProxy<AppRouter>, filters: ReviewFilters) {
  return trpc.review.order.queryOptions({ filter: holdFilterOf(filters) });
}

const HOLD_PATH = ["review", "hold"] as const;

/** One hold; null when there is none. Below the path of `review`, so that whatever makes holds out of date reaches it. */
export function holdKey(id: string) {
  return [HOLD_PATH, id] as const;
}

/** The hold whose key this is; undefined for any other key. */
export function holdIdOf([path, id]: readonly unknown[]): string | undefined {
  const isHold = Array.isArray(path) && path.length === HOLD_PATH.length && path.join() === HOLD_PATH.join();
  return isHold && typeof id === "string" ? id : undefined;
}

/** Asks for the order, and for the holds that are in sight first. */
export async function loadDesk(
  trpc: TRPCOptionsProxy<AppRouter>,
  queries: QueryClient,
  filters: ReviewFilters,
  chosenId: string | undefined,
): Promise<void> {
  const { ids } = await queries.fetchQuery(holdOrder(trpc, filters));
  const wanted = [...new Set([...ids.slice(0, FIRST_HOLDS), ...(chosenId === undefined ? [] : [chosenId])])];
  if (wanted.length === 0) return;
  const list = trpc.review.list.queryOptions({ filter: { ids: wanted }, limit: wanted.length });
  const { holds } = await queries.fetchQuery(list);
  const found = new Map(holds.map((hold) => [hold.id, hold]));
  for (const id of wanted) queries.setQueryData(holdKey(id), found.get(id) ?? null);
  // Each hold goes to the page once, under its own key.
  queries.removeQueries({ queryKey: list.queryKey, exact: true });
}
