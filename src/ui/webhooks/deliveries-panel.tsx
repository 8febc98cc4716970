"use client";

import { Button, Group, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import { DeliveryDialog } from "#/ui/webhooks/delivery-dialog.tsx";
import { deliveryPages } from "#/ui/webhooks/delivery-pages.ts";
import { lastAnswer, type Delivery } from "#/ui/webhooks/webhook-words.model.ts";

const LOOK_AGAIN_MS = 5_000;

const STATE_COLOR: Readonly<Record<Delivery["state"], string>> = { delivered: "teal", pending: "gray", failed: "red" };

const COLUMNS: readonly Column<Delivery>[] = [
  { id: "created", head: "Created", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  { id: "event", head: "Event", cell: ({ event }) => event },
  { id: "to", head: "To", grows: true, cell: ({ endpoint }) => endpoint },
  { id: "state", head: "State", cell: (delivery) => <State delivery={delivery} /> },
  {
    id: "answer",
    head: "Last answer",
    cell: (delivery) => (delivery.attempts.at(-1)?.error ? "see below" : lastAnswer(delivery)),
  },
];

/** What was sent to which webhook, what it answered, and what is still to be sent. */
export function DeliveriesPanel() {
  const deliveries = useInfiniteQuery({
    ...deliveryPages(useTRPC()),
    refetchInterval: usePace(LOOK_AGAIN_MS),
  });
  const { hasNextPage, fetchNextPage, isFetchingNextPage } = deliveries;
  const [openId, setOpenId] = useState<string>();
  const open = deliveries.data?.pages.flatMap((page) => page.deliveries).find(({ id }) => id === openId);
  return (
    <Panel title="Webhook deliveries" flush>
      <Loaded query={deliveries} failed="The deliveries could not be read" height={120}>
        {({ pages }) => <Deliveries rows={pages.flatMap((page) => page.deliveries)} onOpen={setOpenId} />}
      </Loaded>
      {hasNextPage && (
        <Group justify="center" p="sm">
          <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older deliveries
          </Button>
        </Group>
      )}
      {open !== undefined && <DeliveryDialog delivery={open} onClose={() => setOpenId(undefined)} />}
    </Panel>
  );
}

function Deliveries({ rows, onOpen }: { rows: readonly Delivery[]; onOpen: (id: string) => void }) {
  if (rows.length === 0)
    return (
      <EmptyNote title="Nothing was sent yet">
        Webhooks are added in the settings. Their deliveries appear here.
      </EmptyNote>
    );
  return (
    <DataTable
      label="Webhook deliveries"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ id }) => id}
      verbs={({ id, event, endpoint }) => (
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => onOpen(id)}
          aria-label={`Open ${event} to ${endpoint}`}
        >
          Open
        </Button>
      )}
      below={(delivery) => {
        const error = delivery.attempts.at(-1)?.error ?? null;
        return (
          error !== null && (
            <Text size="xs" className="bad-news">
              {error}
            </Text>
          )
        );
      }}
    />
  );
}

function State({ delivery: { state, nextAttemptAt, attempts } }: { delivery: Delivery }) {
  return (
    <>
      <WordBadge color={STATE_COLOR[state]} words={state} />
      {nextAttemptAt !== null && attempts.length > 0 && (
        <Text size="xs" c="dimmed">
          next attempt <ComingTime at={nextAttemptAt} as="wait" />
        </Text>
      )}
    </>
  );
}
