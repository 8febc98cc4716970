"use client";

import { exactInstant, utcInstant } from "#/ui/time/time.model.ts";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";

/** The exact instant on hover: in the reader's zone, which the server does not know, and in UTC. */
export function useInstantTitle(at: string): string {
  const inUtc = utcInstant(at);
  return useIsBrowser() ? `${exactInstant(at)}\n${inUtc}` : inUtc;
}
