"use client";

import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Worker = Outputs["lock"]["workers"]["workers"][number];
type Running = Outputs["syncs"]["active"]["running"];

const LOOK_AGAIN_MS = 5_000;

/** The workers that were heard of lately, and what each of them does. */
export function WorkersPanel() {
  const trpc = useTRPC();
  const workers = useQuery(
    // A sign of life is no event.
    trpc.lock.workers.queryOptions(undefined, { refetchInterval: usePace(LOOK_AGAIN_MS) }),
  );
  const { data: active } = useQuery(trpc.syncs.active.queryOptions());
  const columns = useMemo(() => workerColumns(active?.running), [active?.running]);
  return (
    <Panel title="Workers" flush>
      <Loaded query={workers} failed="The workers could not be read" height={90}>
        {({ workers: all }) =>
          all.length === 0 ? (
            <EmptyNote title="No worker is running">Syncs wait in the queue until a worker is started.</EmptyNote>
          ) : (
            <DataTable
              label="Workers"
              columns={columns}
              rows={all}
              rowKey={({ name, startedAt }) => `${name} ${startedAt}`}
              below={({ isAlive }) =>
                !isAlive && (
                  <Text size="xs" className="bad-news">
                    It has stopped answering. Its sync is resumed by another worker.
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

function workerColumns(running: Running | undefined): Column<Worker>[] {
  return [
    { id: "worker", head: "Worker", grows: true, cell: ({ name }) => name },
    {
      id: "state",
      head: "State",
      cell: ({ isAlive }) => (
        <WordBadge color={isAlive ? "teal" : "red"} words={isAlive ? "alive" : "not responding"} />
      ),
    },
    { id: "load", head: "Works on", cell: ({ name, isAlive }) => isAlive && <Load running={running} worker={name} /> },
    { id: "started", head: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
    { id: "seen", head: "Last sign of life", cell: ({ seenAt }) => <RelativeTime at={seenAt} /> },
  ];
}

function Load({ running, worker }: { running: Running | undefined; worker: string }) {
  if (running === undefined) return "not known";
  const own = running.filter((sync) => sync.worker === worker);
  if (own.length === 0) return "nothing, it is idle";
  return own.map(({ jobId, progressPercent }) => (
    <Text key={jobId} size="sm">
      <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
        sync {jobId.slice(0, 8)}
      </Anchor>
      , {Math.floor(progressPercent)}%
    </Text>
  ));
}
