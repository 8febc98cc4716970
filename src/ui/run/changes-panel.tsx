"use client";

import { Anchor, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { totalImpactWords, impactWords } from "#/ui/price/impact-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { changeLines, type ChangeLine } from "#/ui/price/price-change.model.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Entry = Outputs["prices"]["changes"]["changes"][number];
/** Lines. */
const SHOWN = 100;
const MOST = 1_000;

type Row = Readonly<{ entry: Entry; lines: readonly ChangeLine[] }>;

export function ChangesPanel({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.prices.changes.queryOptions({ jobId, limit: MOST }));
  const entries = data?.changes ?? [];
  // A change says more than a first price, so it comes first.
  const ordered = entries.toSorted((a, b) => Number(a.previousState === null) - Number(b.previousState === null));
  const rows = ordered.map((entry) => ({ entry, lines: shownLines(entry) }));
  const fitting = takeLines(rows, SHOWN);
  const impact = totalImpactWords(entries);
  const atLeast = entries.length === MOST ? "at least " : "";
  return (
    <Panel
      title="What changed"
      flush
      aside={
        <Text size="sm" c="dimmed">
          {fitting.length < entries.length && `the first ${fitting.length} of ${atLeast}`}
          {countOf(entries.length, "price")}
        </Text>
      }
    >
      {impact !== undefined && (
        <Text size="sm" px={18} pb="xs">
          {impact}
        </Text>
      )}
      {data === undefined && error === null && <Skeleton h={200} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="What changed could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && entries.length === 0 && (
        <EmptyNote title="No price in force changed">
          What was read says what counts already, or comes from a source that does not count first.
        </EmptyNote>
      )}
      {entries.length > 0 && (
        <TableFrame label="What changed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Model</Table.Th>
              <Table.Th scope="col">Seller</Table.Th>
              <Table.Th scope="col">Charge</Table.Th>
              <Table.Th scope="col">Old</Table.Th>
              <Table.Th scope="col">New</Table.Th>
              <Table.Th scope="col" ta="right">
                Change
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {fitting.map((row) => (
              <EntryRows key={row.entry.id} row={row} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}

function shownLines(entry: Entry): readonly ChangeLine[] {
  const lines = changeLines(entry);
  if (lines.length > 0) return lines;
  // A first price that isn't known has no line to show, and still is news.
  return [{ key: "state", what: "State", before: undefined, after: entry.state, size: "new", direction: "none" }];
}

/** As many whole offers as fit into so many lines, and at least one. */
function takeLines(rows: readonly Row[], most: number): readonly Row[] {
  let used = 0;
  const end = rows.findIndex(({ lines }, index) => (used += lines.length) > most && index > 0);
  return end === -1 ? rows : rows.slice(0, end);
}

function EntryRows({ row: { entry, lines: shown } }: { row: Row }) {
  return shown.map(({ key, what, before, after, size, direction }, index) => (
    <Table.Tr key={key}>
      {index === 0 && (
        <>
          <Table.Td rowSpan={shown.length} style={{ verticalAlign: "top", overflowWrap: "anywhere", minWidth: 150 }}>
            <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(entry)} prefetch={false} {...props} />}>
              {entry.model}
            </Anchor>
            {entry.variant !== "default" && (
              <Text size="xs" c="dimmed">
                {entry.variant}
              </Text>
            )}
            {entry.monthlyImpactUsd !== null && (
              <Text size="xs" c="dimmed">
                {impactWords(entry.monthlyImpactUsd)}
              </Text>
            )}
          </Table.Td>
          <Table.Td rowSpan={shown.length} style={{ verticalAlign: "top" }}>
            {entry.seller}
          </Table.Td>
        </>
      )}
      <Table.Td>{what}</Table.Td>
      <Table.Td>{before ?? "–"}</Table.Td>
      <Table.Td>{after ?? "–"}</Table.Td>
      <Table.Td ta="right">
        <ChangeSize size={size} direction={direction} />
      </Table.Td>
    </Table.Tr>
  ));
}
