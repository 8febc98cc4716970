"use client";

import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { AttemptOutcome } from "#/terms/job-status.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { describeDuration } from "#/ui/time/time.model.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Holding = Outputs["lock"]["history"]["holdings"][number];

const SHOWN = { limit: 10 } as const;

const ENDS = {
  success: "sync ended as success",
  partial: "sync ended as partial",
  failed: "sync failed",
  cancelled: "sync was cancelled",
  retrying: "failed sources are tried again",
  faulted: "interrupted, resumed later",
  drained: "server stopped, resumed elsewhere",
  died: "worker died, the lock ran out",
} as const satisfies Record<AttemptOutcome, string>;

/** Which workers held the lock last, for how long, and how that ended. */
export function LockHistoryPanel() {
  const history = useQuery(useTRPC().lock.history.queryOptions(SHOWN));
  return (
    <Panel title="Latest holders of the lock" flush>
      <Loaded query={history} failed="The holders of the lock could not be read" height={200}>
        {({ holdings }) =>
          holdings.length === 0 ? (
            <EmptyNote title="The lock has never been held">The first sync takes it.</EmptyNote>
          ) : (
            <DataTable
              label="Latest holders of the lock"
              columns={COLUMNS}
              rows={holdings}
              rowKey={({ fence }) => fence}
              below={({ released }) =>
                released !== null && (
                  <Text size="xs" className="bad-news">
                    Released by {released.by}
                    {released.reason === null ? "" : `: ${released.reason}`}
                  </Text>
                )
              }
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

const COLUMNS: readonly Column<Holding>[] = [
  { id: "worker", head: "Worker", grows: true, cell: ({ worker }) => worker },
  {
    id: "sync",
    head: "Sync",
    cell: ({ jobId, attempt }) => (
      <>
        <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
          {jobId.slice(0, 8)}
        </Anchor>
        {attempt > 1 && `, attempt ${attempt}`}
      </>
    ),
  },
  { id: "since", head: "Took it", cell: ({ lockedAt }) => <RelativeTime at={lockedAt} /> },
  { id: "for", head: "Held for", align: "right", cell: ({ seconds }) => describeDuration(seconds) },
  { id: "end", head: "How it ended", cell: ({ outcome }) => (outcome === null ? "held now" : ENDS[outcome]) },
  { id: "fence", head: "Fence", align: "right", cell: ({ fence }) => fence },
];
