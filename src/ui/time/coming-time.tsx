"use client";

import { useNow } from "#/ui/time/now.ts";
import { comingInstant, describeWait, exactInstant } from "#/ui/time/time.model.ts";

type Props = Readonly<{
  at: string;
  /** "wait": how long until then, ticking. "instant": the day and minute, in the reader's zone. */
  as: "wait" | "instant";
}>;

/** An instant that is to come, with the exact one on hover. */
export function ComingTime({ at, as }: Props) {
  const now = useNow();
  const text = (present: number) =>
    as === "wait" ? describeWait((Date.parse(at) - present) / 1_000) : comingInstant(at);
  return (
    <time dateTime={at} title={now === undefined ? undefined : exactInstant(at)} style={{ whiteSpace: "nowrap" }}>
      {now === undefined ? "…" : text(now)}
    </time>
  );
}
