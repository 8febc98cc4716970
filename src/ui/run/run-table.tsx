"use client";

import { Anchor } from "@mantine/core";
import Link from "next/link";
import { count } from "#/ui/feedback/count.model.ts";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import { sumCounts, type SyncSummary } from "#/ui/run/run-counts.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{
  label: string;
  runs: readonly SyncSummary[];
  /** When the answer was true, in ms since the epoch, for the clocks of what runs. */
  asOf: number;
}>;

const COUNTS = [
  ["created", "New"],
  ["changed", "Changed"],
  ["unchanged", "Unchanged"],
  ["missing", "Missing"],
  ["rejected", "Rejected"],
] as const;

/** Runs, a row each; counts are offers. */
export function RunTable({ label, runs, asOf }: Props) {
  const columns: Column<SyncSummary>[] = [
    {
      id: "status",
      head: "Status",
      cell: ({ status, cancelRequested }) => <RunBadge status={status} cancelling={cancelRequested} />,
    },
    {
      id: "started",
      head: "Started",
      cell: ({ jobId, triggeredAt }) => (
        <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} {...props} />}>
          <RelativeTime at={triggeredAt} />
        </Anchor>
      ),
    },
    { id: "by", head: "By", grows: true, cell: ({ triggeredBy }) => triggeredBy },
    { id: "took", head: "Took", align: "right", cell: (run) => <Took run={run} asOf={asOf} /> },
    ...COUNTS.map(([name, head]): Column<SyncSummary> => ({
      id: name,
      head,
      align: "right",
      cell: ({ progress }) => {
        const counts = sumCounts(progress);
        return counts === undefined ? "–" : count(counts[name]);
      },
    })),
  ];
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={runs}
      rowKey={({ jobId }) => jobId}
      below={({ errorMessage }) => errorMessage !== null && <span className="bad-news">{errorMessage}</span>}
    />
  );
}

function Took({ run: { startedAt, durationSeconds, status }, asOf }: { run: SyncSummary; asOf: number }) {
  if (startedAt === null || durationSeconds === null) return "–";
  return <ElapsedTime seconds={durationSeconds} asOf={asOf} ticking={status === "running"} />;
}
