"use client";

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { describeDuration } from "#/ui/time/time.model.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

const HOURS = 24;

type Spread = Outputs["syncs"]["queueStats"]["wait"];

/** How long the syncs of the last day waited and ran. */
export function QueueStatsPanel() {
  const stats = useQuery(useTRPC().syncs.queueStats.queryOptions({ hours: HOURS }));
  return (
    <Panel title={`Syncs of the last ${HOURS} hours`}>
      <Loaded query={stats} failed="How long syncs took could not be read" height={64}>
        {({ count: runs, wait, run, running, queued, deadLetters }) => (
          <>
            <Facts
              facts={[
                { name: "Waited in the queue", value: spreadWords(wait) },
                { name: "Ran", value: spreadWords(run) },
                { name: "Running now", value: count(running) },
                { name: "Queued now", value: count(queued) },
                { name: "Failed, not tried again", value: count(deadLetters) },
              ]}
            />
            <Text size="xs" c="dimmed" mt="xs">
              {runs === 0
                ? `No sync was started in the last ${HOURS} hours.`
                : `${countOf(runs, "sync")} were started.`}
            </Text>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** "median 0.4 s, 95% at most 2.1 s". */
function spreadWords({ p50Seconds, p95Seconds }: Spread): string {
  if (p50Seconds === null || p95Seconds === null) return "none yet";
  return `median ${describeDuration(p50Seconds)}, 95% at most ${describeDuration(p95Seconds)}`;
}
