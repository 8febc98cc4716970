"use client";

import { Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import type { Source } from "#/ui/overview/source-truth.model.ts";
import { OutcomeBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

export function SourcesPanel() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.sources.list.queryOptions());
  return (
    <Panel title="Sources" flush>
      {data === undefined && error === null && <Skeleton h={156} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The sources could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.sources.length === 0 && (
        <EmptyNote title="There is no source yet">Add one with “ratebook sources add”.</EmptyNote>
      )}
      {data !== undefined && data.sources.length > 0 && (
        <TableFrame label="Sources">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Source</Table.Th>
              <Table.Th scope="col" visibleFrom="sm">
                Kind
              </Table.Th>
              <Table.Th scope="col">Last success</Table.Th>
              <Table.Th scope="col">Last outcome</Table.Th>
              <Table.Th scope="col" w="45%" visibleFrom="sm">
                Last error
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.sources.map((source) => (
              <SourceRow key={source.name} source={source} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}

function SourceRow({ source }: { source: Source }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" style={{ color: "inherit", fontSize: "inherit" }}>
        {source.name} {!source.enabled && <WordBadge color="gray" words="disabled" />}
      </Table.Th>
      <Table.Td visibleFrom="sm">{source.kind}</Table.Td>
      <Table.Td>
        {source.lastSuccessAt === null ? <Text size="sm">never</Text> : <RelativeTime at={source.lastSuccessAt} />}
      </Table.Td>
      <Table.Td>
        {source.lastOutcome === null ? "not tried yet" : <OutcomeBadge outcome={source.lastOutcome} />}
        {source.lastError !== null && (
          <Text size="xs" hiddenFrom="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
            {source.lastError}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {source.lastError === null ? (
          <Text size="sm" c="dimmed">
            none
          </Text>
        ) : (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {source.lastError}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
