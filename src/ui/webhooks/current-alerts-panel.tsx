"use client";

import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Alert = Outputs["alerts"]["current"]["alerts"][number];

const LOOK_AGAIN_MS = 5_000;

const PROBLEMS = {
  "sync.failed": "Failed sync",
  "sync.partial": "Source failed",
  "source.stale": "Stale source",
  "model.sunset": "Model ends soon",
} as const satisfies Record<Alert["event"], string>;

const COLUMNS: readonly Column<Alert>[] = [
  { id: "problem", head: "Problem", cell: ({ event }) => PROBLEMS[event] },
  { id: "about", head: "About", grows: true, cell: (alert) => <About alert={alert} /> },
  { id: "since", head: "Since", cell: ({ since }) => <RelativeTime at={since} /> },
  { id: "sync", head: "Sync", cell: ({ jobId }) => jobId !== null && <SyncLink jobId={jobId} /> },
];

/** The open problems that webhooks tell of. */
export function CurrentAlertsPanel() {
  const alerts = useQuery(
    // A source turns stale without an event.
    useTRPC().alerts.current.queryOptions(undefined, { refetchInterval: usePace(LOOK_AGAIN_MS) }),
  );
  return (
    <Panel title="Open problems" flush>
      <Loaded query={alerts} failed="The open problems could not be read" height={90}>
        {({ alerts: open }) =>
          open.length === 0 ? (
            <EmptyNote title="No open problems">
              Every source was read in its last sync, none is stale, and no model in use ends soon.
            </EmptyNote>
          ) : (
            <DataTable
              label="Open problems"
              columns={COLUMNS}
              rows={open}
              rowKey={({ event, source, model }) => `${event} ${source ?? model ?? ""}`}
              below={({ detail }) => (
                <Text size="xs" className="bad-news">
                  {detail}
                </Text>
              )}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function About({ alert: { source, model } }: { alert: Alert }) {
  if (source === null) return model ?? "all sources";
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link href={`/sources/${encodeURIComponent(source)}`} prefetch={false} {...props} />}
    >
      {source}
    </Anchor>
  );
}

function SyncLink({ jobId }: { jobId: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
      {jobId.slice(0, 8)}
    </Anchor>
  );
}
