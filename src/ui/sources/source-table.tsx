"use client";

import { Anchor, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { useMemo, type ReactNode } from "react";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { FetchStrip } from "#/ui/sources/fetches/fetch-strip.tsx";
import { Freshness } from "#/ui/sources/fetches/freshness.tsx";
import { ReadBy } from "#/ui/sources/read-by.tsx";
import { SourceVerbs, type SourceVerbsProps } from "#/ui/sources/source-verbs.tsx";
import { successWords, type Source, type SourceTest } from "#/ui/sources/source-words.model.ts";
import { TestNote } from "#/ui/sources/fields/test-note.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

type Schedules = Outputs["schedules"]["list"]["schedules"] | undefined;
type Props = Omit<SourceVerbsProps, "source"> &
  Readonly<{
    sources: readonly Source[];
    schedules: Schedules;
    /** When the ages were true, in ms since the epoch. */
    asOf: number;
    /** What was found when a source was tested, by its name. */
    tests: Readonly<Record<string, SourceTest>>;
  }>;

/** Every source in the order of rank: how fresh it is, how its fetches went, what reads it, and its last error. */
export function SourceTable({ sources, schedules, asOf, tests, ...verbs }: Props) {
  const columns = useMemo(() => sourceColumns(schedules, asOf), [schedules, asOf]);
  return (
    <DataTable
      label="Sources"
      columns={columns}
      rows={sources}
      rowKey={({ name }) => name}
      verbs={(source) => <SourceVerbs source={source} {...verbs} />}
      below={(source) => newsOf(source, tests[source.name])}
    />
  );
}

function sourceColumns(schedules: Schedules, asOf: number): Column<Source>[] {
  return [
    { id: "source", head: "Source", grows: true, cell: (source) => <Name source={source} /> },
    { id: "fresh", head: "Freshness", cell: (source) => <Freshness source={source} asOf={asOf} /> },
    { id: "success", head: "Success, 30 days", align: "right", cell: ({ successRate }) => successWords(successRate) },
    { id: "fetches", head: "Last fetches", cell: ({ recentFetches }) => <FetchStrip fetches={recentFetches} /> },
    { id: "schedule", head: "Schedule", cell: (source) => <ReadBy source={source} schedules={schedules} /> },
  ];
}

function Name({ source: { name, kind, rank, enabled, url } }: { source: Source }) {
  return (
    <>
      <span className="tabular">{rank}. </span>
      <Anchor
        size="sm"
        fw={550}
        renderRoot={(props) => <Link href={`/sources/${encodeURIComponent(name)}`} prefetch={false} {...props} />}
      >
        {name}
      </Anchor>{" "}
      {!enabled && <WordBadge color="gray" words="disabled" />}
      <Text size="xs" c="dimmed" truncate title={url}>
        {kind}, {url.replace(/^https?:\/\//, "")}
      </Text>
    </>
  );
}

/** Bad news in words, and what a test found; nothing when there is neither. */
function newsOf({ lastError }: Source, test: SourceTest | undefined): ReactNode {
  if (lastError === null && test === undefined) return null;
  return (
    <Stack gap={4}>
      {lastError !== null && (
        <Text size="xs" className="bad-news">
          {lastError}
        </Text>
      )}
      {test !== undefined && <TestNote test={test} />}
    </Stack>
  );
}
