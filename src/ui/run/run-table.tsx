"use client";

import { Anchor, Checkbox, Group, Text } from "@mantine/core";
import Link from "next/link";
import { useMemo } from "react";
import { count } from "#/ui/feedback/count.model.ts";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import { sumCounts, type SyncSummary } from "#/ui/run/run-counts.model.ts";
import { RUN_KIND_WORDS } from "#/ui/run/run-kind-words.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{
  label: string;
  runs: readonly SyncSummary[];
  /** When the answer was true, in ms since the epoch, for the clocks of what runs. */
  asOf: number;
  /** The runs that something is to be done with together. */
  chosen?: ReadonlySet<string>;
  onChoose?: (jobId: string) => void;
}>;

/** Runs, a row each; counts are offers. */
export function RunTable({ label, runs, asOf, chosen, onChoose }: Props) {
  const columns = useMemo(() => {
    if (chosen === undefined || onChoose === undefined) return runColumns(asOf);
    const [started, ...others] = runColumns(asOf);
    const choice: Column<SyncSummary> = {
      id: "started",
      head: "Started",
      cell: (run) => (
        <Group gap="xs" wrap="nowrap">
          <Checkbox
            size="xs"
            aria-label={`Select run ${run.jobId.slice(0, 8)}`}
            checked={chosen.has(run.jobId)}
            onChange={() => onChoose(run.jobId)}
          />
          {started?.cell(run)}
        </Group>
      ),
    };
    return [choice, ...others];
  }, [asOf, chosen, onChoose]);
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={runs}
      rowKey={({ jobId }) => jobId}
      below={({ errorMessage }) =>
        errorMessage !== null && (
          <Text size="xs" className="bad-news">
            {errorMessage}
          </Text>
        )
      }
    />
  );
}

function runColumns(asOf: number): Column<SyncSummary>[] {
  return [
    {
      id: "started",
      head: "Started",
      cell: ({ jobId, triggeredAt }) => (
        <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
          <RelativeTime at={triggeredAt} />
        </Anchor>
      ),
    },
    {
      id: "status",
      head: "Status",
      cell: ({ status, cancelRequested }) => <RunBadge status={status} cancelling={cancelRequested} />,
    },
    { id: "kind", head: "Kind", cell: ({ kind, dryRun }) => RUN_KIND_WORDS[dryRun ? "dry_run" : kind] },
    { id: "by", head: "Started by", grows: true, cell: ({ startedBy }) => startedBy },
    { id: "sources", head: "Sources", align: "right", cell: sourcesInWords },
    { id: "took", head: "Took", align: "right", cell: (run) => <Took run={run} asOf={asOf} /> },
    ...(["new", "changed", "held", "rejected"] as const).map((name): Column<SyncSummary> => ({
      id: name,
      head: COUNT_HEADS[name],
      align: "right",
      // A run of which no source is done has counted nothing yet.
      cell: ({ counts, progress }) => (sumCounts(progress) === undefined ? "–" : count(counts[name])),
    })),
  ];
}

const COUNT_HEADS = { new: "New", changed: "Changed", held: "Held", rejected: "Rejected" } as const;

/** "4", or "3 of 4" when not all of them came to an end that is good. */
function sourcesInWords({ sourceOutcomes }: SyncSummary): string {
  const good = sourceOutcomes.filter(({ outcome }) => outcome === "applied" || outcome === "unchanged").length;
  return good === sourceOutcomes.length ? String(good) : `${good} of ${sourceOutcomes.length}`;
}

function Took({ run: { startedAt, durationSeconds, status }, asOf }: { run: SyncSummary; asOf: number }) {
  if (startedAt === null || durationSeconds === null) return "–";
  return <ElapsedTime seconds={durationSeconds} asOf={asOf} ticking={status === "running"} />;
}
