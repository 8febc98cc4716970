"use client";

import { Anchor, Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { count } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import { sumCounts, type SyncSummary } from "#/ui/run/run-counts.model.ts";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const COUNTS = [
  ["created", "New"],
  ["changed", "Changed"],
  ["unchanged", "Unchanged"],
  ["missing", "Missing"],
  ["rejected", "Rejected"],
] as const;

export function RecentRunsPanel() {
  const trpc = useTRPC();
  const { data, error, dataUpdatedAt, refetch } = useQuery(trpc.syncs.list.queryOptions({ limit: 15 }));
  return (
    <Panel title="Recent runs" flush>
      {data === undefined && error === null && <Skeleton h={280} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The runs could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.syncs.length === 0 && (
        <EmptyNote title="Nothing has run yet">“Sync now” reads every enabled source.</EmptyNote>
      )}
      {data !== undefined && data.syncs.length > 0 && (
        <TableFrame label="Recent runs; counts are offers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Status</Table.Th>
              <Table.Th scope="col">Triggered</Table.Th>
              <Table.Th scope="col" visibleFrom="sm">
                By
              </Table.Th>
              <Table.Th scope="col" ta="right">
                Took
              </Table.Th>
              {COUNTS.map(([name, label]) => (
                <Table.Th key={name} scope="col" ta="right">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.syncs.map((sync) => (
              <RunRow key={sync.jobId} sync={sync} asOf={dataUpdatedAt} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}

function RunRow({ sync, asOf }: { sync: SyncSummary; asOf: number }) {
  const counts = sumCounts(sync.progress);
  return (
    <Table.Tr>
      <Table.Td>
        <RunBadge status={sync.status} cancelling={sync.cancelRequested} />
      </Table.Td>
      <Table.Td>
        <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${sync.jobId}`} {...props} />}>
          <RelativeTime at={sync.triggeredAt} />
        </Anchor>
      </Table.Td>
      <Table.Td visibleFrom="sm">{sync.triggeredBy}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        {sync.startedAt === null || sync.durationSeconds === null ? (
          "–"
        ) : (
          <ElapsedTime seconds={sync.durationSeconds} asOf={asOf} ticking={sync.status === "running"} />
        )}
      </Table.Td>
      {COUNTS.map(([name]) => (
        <Table.Td key={name} ta="right">
          {counts === undefined ? "–" : count(counts[name])}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
