"use client";

import { Button, Group, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { describeChange } from "#/ui/settings/describe-change.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const PAGE = 25;
const TYPING_MS = 250;

/** Who changed what, from where and why. Nobody can alter it. */
export function AuditPanel() {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const [action, setAction] = useState("");
  const [typed] = useDebouncedValue({ search, action }, TYPING_MS);
  const filter = {
    limit: PAGE,
    ...(typed.search === "" ? {} : { search: typed.search }),
    ...(typed.action === "" ? {} : { action: typed.action }),
  };
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...trpc.access.audit.infiniteQueryOptions(filter, { getNextPageParam: ({ nextCursor }) => nextCursor }),
    placeholderData: keepPreviousData,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <Panel title="What was changed, and by whom" flush>
      <Group px="md" py="sm" gap="sm" align="end">
        <TextInput
          label="Who, what or why"
          type="search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          style={{ flex: "1 1 220px" }}
        />
        <TextInput
          label="Action begins with"
          placeholder="sources."
          type="search"
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        <Button component="a" href="/v1/audit.csv" download="ratebook-audit.csv" variant="default">
          All of it as CSV
        </Button>
      </Group>
      {data === undefined && error === null && <Skeleton h={160} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The record could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {entries?.length === 0 && <EmptyNote title="Nothing like that was changed">Ask for less.</EmptyNote>}
      {entries !== undefined && entries.length > 0 && (
        <TableFrame label="What was changed, and by whom">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">When</Table.Th>
              <Table.Th scope="col">Who</Table.Th>
              <Table.Th scope="col">Action</Table.Th>
              <Table.Th scope="col">What</Table.Th>
              <Table.Th scope="col">Why</Table.Th>
              <Table.Th scope="col">Before and after</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map(({ id, at, actor, address, action: done, target, reason, before, after }) => (
              <Table.Tr key={id} style={{ verticalAlign: "top" }}>
                <Table.Td>
                  <RelativeTime at={at} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{actor}</Text>
                  <Text size="xs" c="dimmed">
                    {address ?? "from within"}
                  </Text>
                </Table.Td>
                <Table.Td>{done}</Table.Td>
                <Table.Td miw={180} maw={260} style={{ overflowWrap: "anywhere" }}>
                  {target}
                </Table.Td>
                <Table.Td miw={140}>{reason}</Table.Td>
                <Table.Td miw={280} maw={420}>
                  {describeChange(before, after).map((line) => (
                    <Text key={line} size="sm" style={{ overflowWrap: "anywhere" }}>
                      {line}
                    </Text>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
      {hasNextPage && (
        <Group justify="center" py="sm">
          <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older ones
          </Button>
        </Group>
      )}
    </Panel>
  );
}
