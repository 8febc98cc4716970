import { Panel } from "#/ui/feedback/panel.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { describeDuration } from "#/ui/time/time.model.ts";

type Attempt = SyncDetail["attempts"][number];

const OUTCOMES = {
  success: ["teal", "success"],
  partial: ["orange", "partial"],
  failed: ["red", "failed"],
  cancelled: ["gray", "cancelled"],
  retrying: ["orange", "failed sources tried again"],
  faulted: ["red", "stopped by an error"],
  drained: ["gray", "handed over"],
  died: ["red", "worker died"],
} as const satisfies Record<NonNullable<Attempt["outcome"]>, readonly [string, string]>;

/** Every attempt of a sync: who ran it, under which fence, and why it ended. */
export function AttemptsPanel({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <Panel title="Attempts" flush>
      <DataTable label="Attempts" columns={COLUMNS} rows={attempts} rowKey={({ attempt }) => String(attempt)} />
    </Panel>
  );
}

const COLUMNS: readonly Column<Attempt>[] = [
  { id: "attempt", head: "Attempt", cell: ({ attempt }) => attempt },
  { id: "outcome", head: "Ended as", cell: ({ outcome }) => <AttemptBadge outcome={outcome} /> },
  { id: "why", head: "Why", grows: true, cell: ({ message }) => message },
  { id: "started", head: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  { id: "took", head: "Took", align: "right", cell: tookInWords },
  { id: "worker", head: "Worker", cell: ({ worker }) => worker },
  { id: "fence", head: "Fence", align: "right", cell: ({ fence }) => fence },
];

function AttemptBadge({ outcome }: Pick<Attempt, "outcome">) {
  const [color, words] = outcome === null ? (["indigo", "running"] as const) : OUTCOMES[outcome];
  return <WordBadge color={color} words={words} />;
}

function tookInWords({ startedAt, endedAt }: Attempt): string {
  return endedAt === null ? "–" : describeDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000);
}
