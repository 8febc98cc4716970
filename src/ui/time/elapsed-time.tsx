"use client";

import { useNow } from "#/ui/time/now.tsx";
import { describeDuration, describeElapsed } from "#/ui/time/time.model.ts";

type Props = Readonly<{
  seconds: number;
  /** When `seconds` was true, by this browser's clock (ms). */ asOf: number;
  ticking: boolean;
}>;

/** A running time that goes on by itself between two answers of the server. */
export function ElapsedTime({ seconds, asOf, ticking }: Props) {
  const now = useNow();
  if (!ticking) return <>{describeDuration(seconds)}</>;
  const since = Math.max(0, now - asOf) / 1_000;
  return <>{describeElapsed(seconds + since)}</>;
}
