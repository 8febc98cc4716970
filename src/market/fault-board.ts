import { perFeed } from "#/market/catalog.ts";
import type { Fault } from "#/market/fault.ts";
import { FEEDS, type Feed } from "#/market/feed.ts";

/** The faults in force: at most one for each feed. */
export type FaultBoard = Readonly<{
  set: (fault: Fault) => void;
  clear: (feed?: Feed) => void;
  /** The fault for the next request of a feed; counts it. */
  take: (feed: Feed) => Fault | undefined;
  /** `times` is what is left of it. */
  list: () => Fault[];
}>;

export function createFaultBoard(): FaultBoard {
  const board: Record<Feed, Fault | undefined> = perFeed(() => undefined);

  function take(feed: Feed): Fault | undefined {
    const fault = board[feed];
    if (fault?.times !== undefined) board[feed] = fault.times > 1 ? { ...fault, times: fault.times - 1 } : undefined;
    return fault;
  }

  return {
    set: (fault) => void (board[fault.feed] = fault),
    clear: (feed) => {
      for (const one of feed ? [feed] : FEEDS) board[one] = undefined;
    },
    take,
    list: () => FEEDS.flatMap((feed) => board[feed] ?? []),
  };
}
