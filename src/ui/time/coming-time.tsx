"use client";

import { exactOnHover } from "#/ui/time/exact-on-hover.ts";
import { useOfNow } from "#/ui/time/now.tsx";
import { comingInstant, describeWait, utcInstant } from "#/ui/time/time.model.ts";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";

type Props = Readonly<{
  at: string;
  /** "wait": how long until then, ticking. "instant": the day and minute, in the reader's zone. */
  as: "wait" | "instant";
}>;

/** An instant that is to come, with the exact one on hover. */
export function ComingTime({ at, as }: Props) {
  return (
    <time dateTime={at} {...exactOnHover(at)} style={{ whiteSpace: "nowrap" }}>
      {as === "wait" ? <Wait until={at} /> : <Day of={at} />}
    </time>
  );
}

function Wait({ until }: { until: string }) {
  return useOfNow((now) => describeWait((Date.parse(until) - now) / 1_000));
}

function Day({ of }: { of: string }) {
  return useIsBrowser() ? comingInstant(of) : utcInstant(of);
}
