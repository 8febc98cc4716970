"use client";

import { Grid, Group, Stack } from "@mantine/core";
import { LockPanel } from "#/ui/overview/lock-panel.tsx";
import { QueuePanel } from "#/ui/overview/queue-panel.tsx";
import { RecentRunsPanel } from "#/ui/overview/recent-runs-panel.tsx";
import { RunningPanel } from "#/ui/overview/running-panel.tsx";
import { SourcesPanel } from "#/ui/overview/sources-panel.tsx";
import { DryRunButton } from "#/ui/overview/dry-run-button.tsx";
import { SyncNowButton } from "#/ui/overview/sync-now-button.tsx";
import { TruthHeading } from "#/ui/overview/truth-heading.tsx";

export function OverviewScreen() {
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="md">
        <TruthHeading />
        <Group gap="xs">
          <DryRunButton />
          <SyncNowButton />
        </Group>
      </Group>
      <Grid gap="lg" align="stretch">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <RunningPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6, md: 3 }}>
          <QueuePanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6, md: 3 }}>
          <LockPanel />
        </Grid.Col>
      </Grid>
      <SourcesPanel />
      <RecentRunsPanel />
    </Stack>
  );
}
