"use client";

import { Text } from "@mantine/core";
import { useNow } from "#/ui/time/now.tsx";
import { describeSpan } from "#/ui/time/time.model.ts";
import classes from "#/ui/sources/fetches/freshness.module.css";
import type { Source } from "#/ui/sources/source-words.model.ts";

type Props = Readonly<{
  source: Pick<Source, "ageSeconds" | "staleAfterSeconds" | "enabled">;
  /** When its age was true, in ms since the epoch. */
  asOf: number;
}>;

/** How old what a source said is, against how old it may be. */
export function Freshness({ source: { ageSeconds, staleAfterSeconds, enabled }, asOf }: Props) {
  const passed = Math.max(0, useNow() - asOf) / 1_000;
  const age = ageSeconds === null ? undefined : ageSeconds + passed;
  // Nobody waits for a source that is disabled.
  const isStale = enabled && (age === undefined || age > staleAfterSeconds);
  const share = age === undefined ? Number(isStale) : Math.min(1, age / staleAfterSeconds);
  return (
    <div style={{ minWidth: 110 }}>
      <div className={classes["bar"]} data-stale={isStale || undefined} aria-hidden>
        <div style={{ width: `${share === 0 ? 0 : Math.max(2, share * 100)}%` }} />
      </div>
      <Text size="xs" className={isStale ? "bad-news" : "tabular"}>
        {age === undefined ? "never read" : `${describeSpan(age)} old${isStale ? ", stale" : ""}`}
      </Text>
      <Text size="xs" c="dimmed" className="tabular">
        fresh up to {describeSpan(staleAfterSeconds)}
      </Text>
    </div>
  );
}
