"use client";

import { useNow } from "#/ui/time/now.ts";
import { describeAge, exactInstant } from "#/ui/time/time.model.ts";

/** How long ago, ticking, with the exact instant on hover. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={now === undefined ? undefined : exactInstant(at)} style={{ whiteSpace: "nowrap" }}>
      {now === undefined ? "…" : describeAge((now - Date.parse(at)) / 1_000)}
    </time>
  );
}
