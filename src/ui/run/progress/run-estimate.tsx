"use client";

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { expectedWords } from "#/ui/run/progress/timeline.model.ts";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** How many sources of a run are done, and how much longer it may take. */
export function RunEstimate({ sync, asOf }: { sync: SyncDetail; asOf: number }) {
  const { data } = useQuery(useTRPC().syncs.timeline.queryOptions({ jobId: sync.jobId }));
  const elapsed = (sync.durationSeconds ?? 0) + Math.max(0, useNow() - asOf) / 1_000;
  const done = sync.sourceOutcomes.filter(({ outcome }) => outcome !== null).length;
  return (
    <Text size="sm" mih={20}>
      {done} of {sync.sourceOutcomes.length} sources are done.{" "}
      {data !== undefined && expectedWords(data.expected, elapsed)}
    </Text>
  );
}
