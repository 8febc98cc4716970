"use client";

import { Grid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { isEnded } from "#/terms/job-status.ts";
import { AttemptsPanel } from "#/ui/run/attempts-panel.tsx";
import { ChangesPanel } from "#/ui/run/changes-panel.tsx";
import { EventLog } from "#/ui/run/event-log.tsx";
import { sourceRows } from "#/ui/run/run-counts.model.ts";
import { ResultPanel } from "#/ui/run/result-panel.tsx";
import { RunHeading } from "#/ui/run/run-heading.tsx";
import { SourceCard } from "#/ui/run/source-card.tsx";
import { useJobEvents } from "#/ui/run/use-job-events.ts";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

export function RunScreen({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const { data: sync, error, dataUpdatedAt, refetch } = useQuery(trpc.syncs.get.queryOptions({ jobId }));
  const events = useJobEvents(jobId);
  const rows = sync === undefined ? [] : sourceRows(sync);

  if (sync === undefined && error !== null) {
    return (
      <Stack gap="lg">
        <Breadcrumb href="/" label="Overview" title="Sync" />
        {isNotFound(error) ? (
          <EmptyNote title="There is no such sync">
            Runs are kept for a while; this one may be gone, or the address is mistyped.
          </EmptyNote>
        ) : (
          <ErrorNote title="This sync could not be read" error={error} onRetry={() => void refetch()} />
        )}
      </Stack>
    );
  }
  return (
    <Stack gap="lg">
      {sync === undefined ? <Skeleton h={150} /> : <RunHeading sync={sync} asOf={dataUpdatedAt} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            {sync === undefined && <Skeleton h={180} />}
            {sync !== undefined && rows.length === 0 && (
              <EmptyNote title={isEnded(sync.status) ? "No source was read" : "Waiting for its turn"}>
                {isEnded(sync.status)
                  ? "This sync ended before it came to any."
                  : "Syncs run one at a time, in the order of the queue."}
              </EmptyNote>
            )}
            {rows.map((row) => (
              <SourceCard key={row.name} row={row} />
            ))}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <EventLog events={events} />
        </Grid.Col>
      </Grid>
      {sync !== undefined && sync.attempts.length > 1 && <AttemptsPanel attempts={sync.attempts} />}
      {sync !== undefined &&
        isEnded(sync.status) &&
        sync.result !== null &&
        (sync.dryRun || sync.kind === "revert") && <ResultPanel result={sync.result} />}
      {sync !== undefined && isEnded(sync.status) && !sync.dryRun && sync.kind !== "revert" && (
        <ChangesPanel jobId={jobId} />
      )}
    </Stack>
  );
}
