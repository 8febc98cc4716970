"use client";

import { useIsBrowser } from "#/ui/time/use-is-browser.ts";
import { useInstantTitle } from "#/ui/time/instant-title.ts";
import { useNow } from "#/ui/time/now.tsx";
import { comingInstant, describeWait, utcInstant } from "#/ui/time/time.model.ts";

type Props = Readonly<{
  at: string;
  /** "wait": how long until then, ticking. "instant": the day and minute, in the reader's zone. */
  as: "wait" | "instant";
}>;

/** An instant that is to come, with the exact one on hover. */
export function ComingTime({ at, as }: Props) {
  const now = useNow();
  const isMounted = useIsBrowser();
  const instant = isMounted ? comingInstant(at) : utcInstant(at);
  return (
    <time dateTime={at} title={useInstantTitle(at)} style={{ whiteSpace: "nowrap" }}>
      {as === "wait" ? describeWait((Date.parse(at) - now) / 1_000) : instant}
    </time>
  );
}
