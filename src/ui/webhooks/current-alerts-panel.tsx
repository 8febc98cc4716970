"use client";

import { Anchor, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const LOOK_AGAIN_MS = 5_000;

/** The conditions that webhooks tell of, as they are now. */
export function CurrentAlertsPanel() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(
    // A source turns stale without an event.
    trpc.alerts.current.queryOptions(undefined, { refetchInterval: usePace(LOOK_AGAIN_MS) }),
  );
  return (
    <Panel title="What is wrong now" flush>
      {data === undefined && error === null && <Skeleton h={90} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="What is wrong could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.alerts.length === 0 && (
        <EmptyNote title="Nothing is">
          No source has failed in its last sync, none is stale, and no model stops being answered soon.
        </EmptyNote>
      )}
      {data !== undefined && data.alerts.length > 0 && (
        <TableFrame label="What is wrong now">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Alert</Table.Th>
              <Table.Th scope="col">About</Table.Th>
              <Table.Th scope="col">Since</Table.Th>
              <Table.Th scope="col">Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.alerts.map(({ event, source, model, since, jobId, detail }) => (
              <Table.Tr key={`${event} ${source ?? model}`} style={{ verticalAlign: "top" }}>
                <Table.Td miw={110}>
                  {jobId === null ? (
                    event
                  ) : (
                    <Anchor
                      size="sm"
                      underline="always"
                      renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}
                    >
                      {event}
                    </Anchor>
                  )}
                </Table.Td>
                <Table.Td miw={110}>{source ?? model ?? "all"}</Table.Td>
                <Table.Td>
                  <RelativeTime at={since} />
                </Table.Td>
                <Table.Td miw={240}>
                  <Text size="sm" lineClamp={3} style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>
                    {detail}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
