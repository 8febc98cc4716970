"use client";

import { Anchor, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { PhaseWords } from "#/ui/run/phase-words.tsx";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import type { SyncSummary } from "#/ui/run/run-counts.model.ts";
import { RunProgress } from "#/ui/run/run-progress.tsx";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

export function RunningPanel() {
  const trpc = useTRPC();
  const { data, error, dataUpdatedAt, refetch } = useQuery(trpc.syncs.active.queryOptions());
  return (
    <Panel title="Running">
      <div style={{ minHeight: 132 }}>
        {data === undefined && error === null && <Skeleton h={110} />}
        {data === undefined && error !== null && (
          <ErrorNote title="What runs now is not known" error={error} onRetry={() => void refetch()} />
        )}
        {data?.running.length === 0 && (
          <EmptyNote title="No sync is running">Prices stay as they are until the next one.</EmptyNote>
        )}
        {data?.running.map((sync) => (
          <RunningSync key={sync.jobId} sync={sync} asOf={dataUpdatedAt} />
        ))}
      </div>
    </Panel>
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
