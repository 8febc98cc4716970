"use client";

import { Anchor, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { describeTruth, type Known, type Truth } from "#/ui/overview/source-truth.model.ts";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const COLOR = {
  good: "var(--tone-good)",
  warn: "var(--tone-warn)",
  bad: "var(--tone-bad)",
  quiet: "dimmed",
} as const satisfies Record<Truth["tone"], string>;

/** Whether everything is true, in one sentence; what is not known is said too. */
export function TruthHeading() {
  const trpc = useTRPC();
  const sources = useQuery(trpc.sources.list.queryOptions());
  const held = useQuery(trpc.review.count.queryOptions());
  // An answer from before a failure says nothing about the present.
  const known = {
    sources: sources.isError ? undefined : sources.data?.sources,
    held: held.isError ? undefined : held.data,
  };
  const failed = [sources, held].filter(({ isError }) => isError);
  const isKnown = known.sources !== undefined || known.held !== undefined || failed.length > 0;
  return (
    <div style={{ flex: "1 1 320px", minWidth: 0 }}>
      <Title order={1} size="h2">
        Overview
      </Title>
      {isKnown ? (
        <TruthLine {...known} asOf={sources.dataUpdatedAt} />
      ) : (
        <Skeleton h={24} role="img" aria-label="Loading" />
      )}
      {failed.length > 0 && (
        <Anchor component="button" size="sm" onClick={() => failed.forEach(({ refetch }) => void refetch())}>
          Try again
        </Anchor>
      )}
    </div>
  );
}

function TruthLine({ asOf, ...known }: Omit<Known, "passedSeconds"> & Readonly<{ asOf: number }>) {
  const passedSeconds = Math.max(0, useNow() - asOf) / 1_000;
  const { text, tone } = describeTruth({ ...known, passedSeconds });
  return (
    <Text c={COLOR[tone]} lineClamp={2} title={text} data-tone={tone}>
      {text}
    </Text>
  );
}
