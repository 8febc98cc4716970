"use client";

import { Anchor, Group, SimpleGrid, Stack } from "@mantine/core";
import Link from "next/link";
import { ChangeStrip } from "#/ui/changes/change-strip.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { DryRunButton } from "#/ui/overview/dry-run-button.tsx";
import { NextStepsPanel } from "#/ui/overview/next-steps-panel.tsx";
import { RecentRunsPanel } from "#/ui/overview/recent-runs-panel.tsx";
import { RunningPanels } from "#/ui/overview/running-panels.tsx";
import { SourcesPanel } from "#/ui/overview/sources-panel.tsx";
import { SyncNowButton } from "#/ui/overview/sync-now-button.tsx";
import { TruthHeading } from "#/ui/overview/truth-heading.tsx";
import { WorkLine } from "#/ui/overview/work-line.tsx";
import { DayStrip } from "#/ui/syncs/day-strip.tsx";

/** Whether everything is true, what runs, what each source says, and what ran lately. */
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
      <WorkLine />
      <NextStepsPanel />
      <RunningPanels />
      <SourcesPanel />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Panel title="Syncs" aside={<PanelLink href="/syncs">All syncs</PanelLink>}>
          <DayStrip filter={{}} />
        </Panel>
        <Panel title="Changes" aside={<PanelLink href="/changes">All changes</PanelLink>}>
          <ChangeStrip />
        </Panel>
      </SimpleGrid>
      <RecentRunsPanel />
    </Stack>
  );
}

function PanelLink({ href, children }: { href: string; children: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={href} prefetch={false} {...props} />}>
      {children}
    </Anchor>
  );
}
