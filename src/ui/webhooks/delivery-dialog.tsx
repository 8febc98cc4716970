"use client";

import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { Facts } from "#/ui/feedback/facts.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useWebhookVerbs } from "#/ui/webhooks/use-webhook-verbs.ts";
import type { Delivery } from "#/ui/webhooks/webhook-words.model.ts";

const COLUMNS: readonly Column<Delivery["attempts"][number]>[] = [
  { id: "when", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
  { id: "status", head: "Status", align: "right", cell: ({ status }) => status ?? "none" },
  { id: "took", head: "Took", align: "right", cell: ({ durationMs }) => `${durationMs} ms` },
  {
    id: "error",
    head: "Error",
    grows: true,
    cell: ({ error }) => (error === null ? "none" : <span className="bad-news">{error}</span>),
  },
];

/** One delivery: every attempt, what was sent, and sending it again. */
export function DeliveryDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const { redeliver } = useWebhookVerbs();
  const { id, event, endpoint, state, attempts, body } = delivery;
  const isPending = state === "pending";
  return (
    <Dialog title={`${event} to ${endpoint}`} size="xl" onClose={onClose}>
      <Stack gap="md">
        <Facts
          facts={[
            { name: "webhook-id", value: id },
            { name: "State", value: isPending ? "pending, it is still being sent" : state },
          ]}
        />
        {attempts.length > 0 && (
          <DataTable label="Attempts" columns={COLUMNS} rows={attempts} rowKey={({ at }) => at} sortName="attempts" />
        )}
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            Message
          </Text>
          <Code block tabIndex={0} mah={320} style={{ overflow: "auto" }}>
            {JSON.stringify(body, null, 2)}
          </Code>
        </div>
        <Group justify="flex-end">
          <VerbButton
            action="alerts.redeliver"
            variant="default"
            loading={redeliver.isPending}
            disabled={isPending}
            onClick={() => redeliver.mutate({ id })}
          >
            Send again
          </VerbButton>
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
