"use client";

import { Anchor, Grid, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Panel } from "#/ui/feedback/panel.tsx";
import { QueuePanel } from "#/ui/overview/queue-panel.tsx";
import { PhaseWords } from "#/ui/run/progress/phase-words.tsx";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import type { SyncSummary } from "#/ui/run/run-counts.model.ts";
import { RunProgress } from "#/ui/run/progress/run-progress.tsx";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** What runs now and what waits behind it; nothing when there is neither. */
export function RunningPanels() {
  const { data, dataUpdatedAt } = useQuery(useTRPC().syncs.active.queryOptions());
  if (data === undefined || data.running.length + data.queued.length === 0) return null;
  return (
    <Grid gap="lg" align="stretch">
      <Grid.Col span={{ base: 12, md: data.queued.length > 0 ? 8 : 12 }}>
        <Panel title="Running">
          {data.running.length === 0 && <Text size="sm">A worker takes the next sync in a moment.</Text>}
          {data.running.map((sync) => (
            <RunningSync key={sync.jobId} sync={sync} asOf={dataUpdatedAt} />
          ))}
        </Panel>
      </Grid.Col>
      {data.queued.length > 0 && (
        <Grid.Col span={{ base: 12, md: 4 }}>
          <QueuePanel />
        </Grid.Col>
      )}
    </Grid>
  );
}

function RunningSync({ sync, asOf }: { sync: SyncSummary; asOf: number }) {
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" miw={0}>
          <RunBadge status={sync.status} cancelling={sync.cancelRequested} />
          <Anchor size="sm" truncate renderRoot={(props) => <Link href={`/syncs/${sync.jobId}`} {...props} />}>
            Sync by {sync.triggeredBy}
          </Anchor>
        </Group>
        <Text size="sm" c="dimmed" className="tabular" style={{ flex: "none" }}>
          <ElapsedTime seconds={sync.durationSeconds ?? 0} asOf={asOf} ticking />
        </Text>
      </Group>
      <RunProgress sync={sync} />
      <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {Object.entries(sync.progress?.sources ?? {}).map(([name, progress]) => (
          <Group key={name} component="li" justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" truncate>
              {name}
            </Text>
            <PhaseWords progress={progress} />
          </Group>
        ))}
      </Stack>
    </Stack>
  );
}
