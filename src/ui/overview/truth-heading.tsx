"use client";

import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { describeTruth, type Truth } from "#/ui/overview/source-truth.model.ts";
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
  return (
    <div style={{ flex: "1 1 320px", minWidth: 0 }}>
      <Title order={1} size="h2">
        Overview
      </Title>
      <Loaded query={sources} failed="Whether the prices are fresh is not known" height={24}>
        {(fresh) => (
          <Loaded query={held} failed="How many prices wait for review is not known" height={24}>
            {(waiting) => <TruthLine sources={fresh.sources} asOf={sources.dataUpdatedAt} held={waiting} />}
          </Loaded>
        )}
      </Loaded>
    </div>
  );
}

type Known = Omit<Parameters<typeof describeTruth>[0], "passedSeconds">;

function TruthLine({ asOf, ...known }: Known & Readonly<{ asOf: number }>) {
  const passedSeconds = Math.max(0, useNow() - asOf) / 1_000;
  const { text, tone } = describeTruth({ ...known, passedSeconds });
  return (
    <Text c={COLOR[tone]} lineClamp={2} title={text}>
      {text}
    </Text>
  );
}
