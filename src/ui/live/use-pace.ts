"use client";

import { useLive } from "#/ui/live/live-provider.tsx";

/** How often a query is asked again, in ms: never while the reader has paused the page. */
export function usePace(everyMs: number): number | false {
  return useLive().state === "paused" ? false : everyMs;
}
