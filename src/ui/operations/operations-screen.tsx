"use client";

import { Grid, Stack, Text, Title } from "@mantine/core";
import { DeadLettersPanel } from "#/ui/operations/dead-letters-panel.tsx";
import { ReleaseLockButton } from "#/ui/operations/release-lock-button.tsx";
import { WorkersPanel } from "#/ui/operations/workers-panel.tsx";
import { LockPanel } from "#/ui/overview/lock-panel.tsx";
import { QueuePanel } from "#/ui/overview/queue-panel.tsx";
import { CurrentAlertsPanel } from "#/ui/webhooks/current-alerts-panel.tsx";
import { DeliveriesPanel } from "#/ui/webhooks/deliveries-panel.tsx";

/** What keeps the syncs going, and the hands to help it. */
export function OperationsScreen() {
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        Operations
      </Title>
      <Text size="sm" c="dimmed">
        One sync at a time holds the lock and writes. Workers that die are replaced by themselves; what could not be
        done in the end waits here.
      </Text>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            <LockPanel action={<ReleaseLockButton />} />
            <QueuePanel />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <CurrentAlertsPanel />
            <WorkersPanel />
            <DeadLettersPanel />
            <DeliveriesPanel />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
