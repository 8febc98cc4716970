"use client";

import { Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const LOOK_AGAIN_MS = 5_000;

/** Who works, by their own word of a few seconds ago. */
export function WorkersPanel() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(
    // A sign of life is no event.
    trpc.lock.workers.queryOptions(undefined, { refetchInterval: usePace(LOOK_AGAIN_MS) }),
  );
  return (
    <Panel title="Workers" flush>
      {data === undefined && error === null && <Skeleton h={90} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The workers could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.workers.length === 0 && (
        <EmptyNote title="No worker lives">Syncs wait in the queue until one is started.</EmptyNote>
      )}
      {data !== undefined && data.workers.length > 0 && (
        <TableFrame label="Workers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Worker</Table.Th>
              <Table.Th scope="col">State</Table.Th>
              <Table.Th scope="col">Started</Table.Th>
              <Table.Th scope="col">Last heard of</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.workers.map(({ name, startedAt, seenAt, isAlive }) => (
              <Table.Tr key={`${name} ${startedAt}`}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>
                  <WordBadge color={isAlive ? "teal" : "red"} words={isAlive ? "alive" : "silent"} />
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={startedAt} />
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={seenAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
