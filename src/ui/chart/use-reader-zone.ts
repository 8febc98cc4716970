"use client";

import { useMounted } from "@mantine/hooks";

/** The reader's time zone; UTC until the page works, since the server does not know it. */
export function useReaderZone(): string {
  return useMounted() ? new Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
}
