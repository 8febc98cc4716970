"use client";

import { Button, Skeleton, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import { DeliveryDialog } from "#/ui/webhooks/delivery-dialog.tsx";
import { lastAnswer, type Delivery } from "#/ui/webhooks/webhook-words.model.ts";

const LOOK_AGAIN_MS = 5_000;
const PAGE = 25;

const STATE_COLOR: Readonly<Record<Delivery["state"], string>> = { delivered: "teal", pending: "gray", failed: "red" };

/** What was sent to whom, what came back, and what is still to be sent. */
export function DeliveriesPanel() {
  const trpc = useTRPC();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    trpc.alerts.deliveries.infiniteQueryOptions(
      { limit: PAGE },
      {
        getNextPageParam: ({ nextCursor }) => nextCursor,
        refetchInterval: usePace(LOOK_AGAIN_MS),
      },
    ),
  );
  const [openId, setOpenId] = useState<string>();
  const deliveries = data?.pages.flatMap((page) => page.deliveries) ?? [];
  const open = deliveries.find(({ id }) => id === openId);
  return (
    <Panel title="Webhook deliveries" flush>
      {data === undefined && error === null && <Skeleton h={120} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The deliveries could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && deliveries.length === 0 && (
        <EmptyNote title="Nothing was sent">
          Webhooks are added in the settings; what they are told stands here.
        </EmptyNote>
      )}
      {deliveries.length > 0 && (
        <TableFrame label="Webhook deliveries">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Made</Table.Th>
              <Table.Th scope="col">Event</Table.Th>
              <Table.Th scope="col">To</Table.Th>
              <Table.Th scope="col">State</Table.Th>
              <Table.Th scope="col">Last answer</Table.Th>
              <Table.Th scope="col">Look at it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {deliveries.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} onOpen={() => setOpenId(delivery.id)} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
      {hasNextPage && (
        <Button variant="subtle" size="xs" m="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older ones
        </Button>
      )}
      {open !== undefined && <DeliveryDialog delivery={open} onClose={() => setOpenId(undefined)} />}
    </Panel>
  );
}

function DeliveryRow({ delivery, onOpen }: { delivery: Delivery; onOpen: () => void }) {
  const { createdAt, event, endpoint, state, nextAttemptAt } = delivery;
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>
        <RelativeTime at={createdAt} />
      </Table.Td>
      <Table.Td>{event}</Table.Td>
      <Table.Td miw={100}>{endpoint}</Table.Td>
      <Table.Td miw={130}>
        <WordBadge color={STATE_COLOR[state]} words={state} />
        {nextAttemptAt !== null && delivery.attempts.length > 0 && (
          <Text size="xs" c="dimmed">
            again <ComingTime at={nextAttemptAt} as="wait" />
          </Text>
        )}
      </Table.Td>
      <Table.Td maw={300}>
        <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>
          {lastAnswer(delivery)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Button variant="default" size="xs" onClick={onOpen} aria-label={`Open ${event} to ${endpoint}`}>
          Open
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
