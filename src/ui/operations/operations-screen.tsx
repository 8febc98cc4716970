"use client";

import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { DeadLettersPanel } from "#/ui/operations/dead-letters-panel.tsx";
import { LockHistoryPanel } from "#/ui/operations/lock-history-panel.tsx";
import { LockPanel } from "#/ui/operations/lock-panel.tsx";
import { QueueStatsPanel } from "#/ui/operations/queue-stats-panel.tsx";
import { WorkersPanel } from "#/ui/operations/workers-panel.tsx";
import { QueuePanel } from "#/ui/overview/queue-panel.tsx";
import { CurrentAlertsPanel } from "#/ui/webhooks/current-alerts-panel.tsx";
import { DeliveriesPanel } from "#/ui/webhooks/deliveries-panel.tsx";

/** What is wrong now, what runs the syncs, and the means to help. */
export function OperationsScreen() {
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          Operations
        </Title>
        <Text size="sm" c="dimmed" mt={4}>
          One sync at a time holds the lock and writes. A sync whose worker dies is resumed automatically. Failed syncs
          are listed below.
        </Text>
      </div>
      <CurrentAlertsPanel />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <LockPanel />
        <QueuePanel />
      </SimpleGrid>
      <QueueStatsPanel />
      <WorkersPanel />
      <LockHistoryPanel />
      <DeadLettersPanel />
      <DeliveriesPanel />
    </Stack>
  );
}
