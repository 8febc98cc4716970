"use client";

import { useIsBrowser } from "#/ui/time/use-is-browser.ts";

/** The reader's time zone; UTC until the page works, since the server does not know it. */
export function useReaderZone(): string {
  return useIsBrowser() ? new Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
}
