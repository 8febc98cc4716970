"use client";

import { exactOnHover } from "#/ui/time/exact-on-hover.ts";
import { useOfNow } from "#/ui/time/now.tsx";
import { describeAge } from "#/ui/time/time.model.ts";

/** How long ago, ticking, with the exact instant on hover. */
export function RelativeTime({ at }: { at: string }) {
  const age = useOfNow((now) => describeAge((now - Date.parse(at)) / 1_000));
  return (
    <time dateTime={at} {...exactOnHover(at)} style={{ whiteSpace: "nowrap" }}>
      {age}
    </time>
  );
}
