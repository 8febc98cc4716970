"use client";

import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { isEnded } from "#/terms/job-status.ts";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Facts, type Fact } from "#/ui/feedback/facts.tsx";
import { CancelButton } from "#/ui/run/verbs/cancel-button.tsx";
import { FailButton } from "#/ui/run/verbs/fail-button.tsx";
import { ReplayButton } from "#/ui/run/verbs/replay-button.tsx";
import { RetryButtons } from "#/ui/run/verbs/retry-buttons.tsx";
import { RevertButton } from "#/ui/run/verbs/revert-button.tsx";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { RunEstimate } from "#/ui/run/progress/run-estimate.tsx";
import { RUN_KIND_WORDS } from "#/ui/run/run-kind-words.model.ts";
import { RunProgress } from "#/ui/run/progress/run-progress.tsx";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

const TRIGGER_WORDS = {
  person: "a person",
  key: "an API key",
  schedule: "a schedule",
  retry: "a retry",
  system: "Ratebook",
} as const satisfies Record<SyncDetail["trigger"], string>;

/** What a run is, how it stands, and what can be done with it. */
export function RunHeading({ sync, asOf }: { sync: SyncDetail; asOf: number }) {
  const kind = RUN_KIND_WORDS[sync.dryRun ? "dry_run" : sync.kind];
  const title = (
    <Group component="span" gap="sm">
      {kind.charAt(0).toUpperCase() + kind.slice(1)} {sync.jobId.slice(0, 8)}{" "}
      <RunBadge status={sync.status} cancelling={sync.cancelRequested} />
    </Group>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Breadcrumb href="/syncs" label="Syncs" title={title} />
        <Verbs sync={sync} />
      </Group>
      <Paper withBorder p="md" bg="var(--card-background)" style={{ borderColor: "var(--hairline)" }}>
        <Stack gap="md">
          {sync.status === "running" && <RunProgress sync={sync} />}
          {sync.status === "running" && <RunEstimate sync={sync} asOf={asOf} />}
          <Facts facts={factsOf(sync, asOf)} />
          {sync.errorMessage !== null && (
            <Text size="sm" className="bad-news">
              {sync.errorMessage}
            </Text>
          )}
        </Stack>
      </Paper>
    </Stack>
  );
}

function Verbs({ sync }: { sync: SyncDetail }) {
  const { jobId } = sync;
  const ended = isEnded(sync.status);
  // The first two stay when the run ends: a question of theirs may be open.
  return (
    <Group gap="sm">
      <CancelButton sync={sync} />
      <FailButton sync={sync} />
      {ended && <RetryButtons sync={sync} />}
      {ended && <ReplayButton log={sync.log} />}
      {ended && !sync.dryRun && sync.kind !== "revert" && <RevertButton jobId={jobId} />}
    </Group>
  );
}

function factsOf(sync: SyncDetail, asOf: number): Fact[] {
  const { counts, trigger, startedBy, triggeredAt, sources, input, retryOf, retriedBy } = sync;
  const link = (name: string, jobId: string | null | undefined): Fact[] =>
    jobId === null || jobId === undefined ? [] : [{ name, value: <RunLink jobId={jobId} /> }];
  return [
    { name: "Started by", value: `${startedBy} (${TRIGGER_WORDS[trigger]})` },
    { name: "Triggered", value: <RelativeTime at={triggeredAt} /> },
    { name: isEnded(sync.status) ? "Took" : "Elapsed", value: <Took sync={sync} asOf={asOf} /> },
    { name: "Sources", value: sources === null ? "all enabled" : sources.join(", ") },
    { name: "New", value: countOf(counts.new, "offer") },
    { name: "Changed", value: countOf(counts.changed, "offer") },
    { name: "Held", value: countOf(counts.held, "offer") },
    { name: "Rejected", value: countOf(counts.rejected, "entry", "entries") },
    ...(sync.attempt > 1 ? [{ name: "Attempt", value: sync.attempt }] : []),
    ...(sync.worker === null ? [] : [{ name: "Worker", value: sync.worker }]),
    ...(sync.retryAt === null ? [] : [{ name: "Next attempt", value: <ComingTime at={sync.retryAt} as="wait" /> }]),
    ...link("Tries again", retryOf),
    ...link("Tried again by", retriedBy),
    ...link(sync.dryRun ? "Would take back" : "Takes back", input.revertedJobId),
    { name: "Id", value: <RunId jobId={sync.jobId} /> },
  ];
}

function Took({ sync: { startedAt, durationSeconds, status }, asOf }: { sync: SyncDetail; asOf: number }) {
  if (startedAt === null || durationSeconds === null) return "not started";
  return <ElapsedTime seconds={durationSeconds} asOf={asOf} ticking={status === "running"} />;
}

function RunId({ jobId }: { jobId: string }) {
  return (
    <CopyText value={jobId} what="the id">
      <code title={jobId}>{jobId.slice(0, 8)}…</code>
    </CopyText>
  );
}

function RunLink({ jobId }: { jobId: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} {...props} />}>
      {jobId.slice(0, 8)}
    </Anchor>
  );
}
