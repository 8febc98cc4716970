"use client";

import { Anchor, Button, Group, Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { auditLink } from "#/ui/settings/audit-link.model.ts";
import { auditPages, readAuditFilters } from "#/ui/settings/audit-pages.ts";
import { describeChange } from "#/ui/settings/describe-change.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Entry = Outputs["access"]["audit"]["entries"][number];

const COLUMNS: readonly Column<Entry>[] = [
  { id: "when", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
  { id: "who", head: "Who", cell: (entry) => <Who entry={entry} /> },
  { id: "action", head: "Action", cell: ({ action }) => action },
  { id: "what", head: "What", cell: (entry) => <Target entry={entry} /> },
  { id: "why", head: "Reason", cell: ({ reason }) => reason },
  { id: "change", head: "Before and after", grows: true, cell: (entry) => <Change entry={entry} /> },
];

/** Who changed what, from where and why. The database lets nobody alter it. */
export function AuditPanel() {
  const trpc = useTRPC();
  const filters = readAuditFilters(useSearchParams());
  const entries = useInfiniteQuery({ ...auditPages(trpc, filters), placeholderData: keepPreviousData });
  return (
    <Panel
      title="Changes"
      flush
      aside={
        <Button component="a" href="/v1/audit.csv" download="ratebook-audit.csv" variant="default" size="xs">
          Download as CSV
        </Button>
      }
    >
      <Group px={18} py="sm" gap="sm">
        <SearchBox
          label="Search who, what or why"
          placeholder="Search who, what or why"
          search={filters.search}
          onChange={(q) => setInAddress({ q })}
        />
        <SearchBox
          label="Action begins with"
          placeholder="Action begins with, such as sources."
          search={filters.action}
          onChange={(action) => setInAddress({ action })}
        />
      </Group>
      <Loaded query={entries} failed="The record of changes could not be read" height={160}>
        {({ pages }) => <Entries rows={pages.flatMap((page) => page.entries)} />}
      </Loaded>
      {entries.hasNextPage && (
        <Group justify="center" p="sm">
          <Button variant="subtle" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            Show older changes
          </Button>
        </Group>
      )}
    </Panel>
  );
}

function Entries({ rows }: { rows: readonly Entry[] }) {
  if (rows.length === 0) return <EmptyNote title="No change matches">Remove a filter to see more changes.</EmptyNote>;
  return <DataTable label="Changes" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />;
}

function Who({ entry: { actor, address } }: { entry: Entry }) {
  return (
    <>
      {actor}
      <Text size="xs" c="dimmed">
        {address ?? "the server itself"}
      </Text>
    </>
  );
}

function Target({ entry }: { entry: Entry }) {
  const { href, label } = auditLink(entry);
  if (href === undefined) return label;
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={href} prefetch={false} {...props} />}>
      {label}
    </Anchor>
  );
}

function Change({ entry: { before, after } }: { entry: Entry }) {
  return describeChange(before, after).map((line) => (
    <Text key={line} size="xs">
      {line}
    </Text>
  ));
}
