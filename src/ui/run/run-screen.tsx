"use client";

import { SimpleGrid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { isEnded } from "#/terms/job-status.ts";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { AttemptsPanel } from "#/ui/run/outcome/attempts-panel.tsx";
import { ChangesPanel } from "#/ui/run/outcome/changes-panel.tsx";
import { EventLog } from "#/ui/run/log/event-log.tsx";
import { HeldPanel } from "#/ui/run/outcome/held-panel.tsx";
import { ResultPanel } from "#/ui/run/outcome/result-panel.tsx";
import { RevertTheseButton } from "#/ui/run/verbs/revert-button.tsx";
import { sourceRows, type SyncDetail } from "#/ui/run/run-counts.model.ts";
import { RunHeading } from "#/ui/run/run-heading.tsx";
import { SourceCard } from "#/ui/run/outcome/source-card.tsx";
import { TimelinePanel } from "#/ui/run/progress/timeline-panel.tsx";
import { useJobEvents } from "#/ui/run/log/use-job-events.ts";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** One run: how it stands, where its time went, what it changed and held, and what each source came to. */
export function RunScreen({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const { data: sync, error, dataUpdatedAt, refetch } = useQuery(trpc.syncs.get.queryOptions({ jobId }));
  const events = useJobEvents(jobId);
  if (sync === undefined)
    return error === null ? <Skeleton h={400} /> : <Unread error={error} onRetry={() => void refetch()} />;
  const rows = sourceRows(sync).filter(({ progress }) => progress.phase === "done");
  return (
    <Stack gap="lg">
      <RunHeading sync={sync} asOf={dataUpdatedAt} />
      <TimelinePanel sync={sync} events={events} />
      {sync.attempts.length > 1 && <AttemptsPanel attempts={sync.attempts} />}
      {isEnded(sync.status) && <Outcome sync={sync} />}
      {rows.length > 0 && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          {rows.map((row) => (
            <SourceCard key={row.name} row={row} />
          ))}
        </SimpleGrid>
      )}
      <EventLog events={events} startsOpen={!isEnded(sync.status)} />
    </Stack>
  );
}

/** What came of a run that has ended: what it changed and held, or what it would. */
function Outcome({ sync }: { sync: SyncDetail }) {
  const { jobId, counts, result, dryRun, kind, input } = sync;
  if (!dryRun && kind !== "revert")
    return (
      <>
        <HeldPanel jobId={jobId} held={counts.held} />
        <ChangesPanel jobId={jobId} held={counts.held} />
      </>
    );
  if (result === null) return null;
  const prices = Object.values(result.sources).reduce((sum, { changesTotal }) => sum + changesTotal, 0);
  const reverted = dryRun && kind === "revert" && prices > 0 ? input.revertedJobId : undefined;
  return (
    <ResultPanel
      result={result}
      verb={reverted !== undefined && <RevertTheseButton jobId={reverted} prices={prices} />}
    />
  );
}

function Unread({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Stack gap="lg">
      <Breadcrumb href="/syncs" label="Syncs" title="Sync" />
      {isNotFound(error) ? (
        <EmptyNote title="There is no such sync">
          Runs are kept for a while; this one may be gone, or the address is mistyped.
        </EmptyNote>
      ) : (
        <ErrorNote title="This sync could not be read" error={error} onRetry={onRetry} />
      )}
    </Stack>
  );
}
