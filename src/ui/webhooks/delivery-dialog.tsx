"use client";

import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { Facts } from "#/ui/feedback/facts.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useWebhookVerbs } from "#/ui/webhooks/use-webhook-verbs.ts";
import type { Delivery } from "#/ui/webhooks/webhook-words.model.ts";

/** One delivery: every attempt, what was sent, and sending it again. */
export function DeliveryDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const { redeliver } = useWebhookVerbs();
  const { id, event, endpoint, state, attempts, body } = delivery;
  return (
    <Dialog title={`${event} to ${endpoint}`} size="xl" onClose={onClose}>
      <Stack gap="md">
        <Facts
          facts={[
            { name: "webhook-id", value: id },
            { name: "State", value: state },
          ]}
        />
        {attempts.length > 0 && (
          <TableFrame label="Attempts">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">When</Table.Th>
                <Table.Th scope="col" ta="right">
                  Answer
                </Table.Th>
                <Table.Th scope="col" ta="right">
                  Took
                </Table.Th>
                <Table.Th scope="col">What went wrong</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {attempts.map(({ at, status, durationMs, error }) => (
                <Table.Tr key={at} style={{ verticalAlign: "top" }}>
                  <Table.Td>
                    <RelativeTime at={at} />
                  </Table.Td>
                  <Table.Td ta="right">{status ?? "none"}</Table.Td>
                  <Table.Td ta="right">{durationMs} ms</Table.Td>
                  <Table.Td>
                    <Text size="sm" style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>
                      {error ?? "nothing"}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </TableFrame>
        )}
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            What is sent
          </Text>
          <Code block tabIndex={0} mah={320} style={{ overflow: "auto" }}>
            {JSON.stringify(body, null, 2)}
          </Code>
        </div>
        <Group justify="flex-end">
          <Button
            variant="default"
            loading={redeliver.isPending}
            disabled={state === "pending"}
            title={state === "pending" ? "It is still being tried" : undefined}
            onClick={() => redeliver.mutate({ id })}
          >
            Send again
          </Button>
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
