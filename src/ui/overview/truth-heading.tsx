"use client";

import { Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { describeTruth, type Truth } from "#/ui/overview/source-truth.model.ts";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const COLOR = { good: "var(--tone-good)", bad: "var(--tone-bad)", quiet: "dimmed" } as const satisfies Record<
  Truth["tone"],
  string
>;

export function TruthHeading() {
  const trpc = useTRPC();
  const { data, dataUpdatedAt } = useQuery(trpc.sources.list.queryOptions());
  const now = useNow();
  const truth = data && describeTruth(data.sources, Math.max(0, now - dataUpdatedAt) / 1_000);
  return (
    <div style={{ flex: "1 1 320px", minWidth: 0 }}>
      <Title order={1} size="h2">
        Overview
      </Title>
      {truth === undefined ? (
        <Skeleton h={18} w={220} mt={6} />
      ) : (
        <Text c={COLOR[truth.tone]} lineClamp={2} title={truth.text}>
          {truth.text}
        </Text>
      )}
    </div>
  );
}
