"use client";

import { useMounted } from "@mantine/hooks";
import { exactInstant, utcInstant } from "#/ui/time/time.model.ts";

/** The exact instant on hover: in the reader's zone, which the server does not know, and in UTC. */
export function useInstantTitle(at: string): string {
  const inUtc = utcInstant(at);
  return useMounted() ? `${exactInstant(at)}\n${inUtc}` : inUtc;
}
