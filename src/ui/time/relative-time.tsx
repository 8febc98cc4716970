"use client";

import { useNow } from "#/ui/time/now.tsx";
import { useInstantTitle } from "#/ui/time/instant-title.ts";
import { describeAge } from "#/ui/time/time.model.ts";

/** How long ago, ticking, with the exact instant on hover. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={useInstantTitle(at)} style={{ whiteSpace: "nowrap" }}>
      {describeAge((now - Date.parse(at)) / 1_000)}
    </time>
  );
}
