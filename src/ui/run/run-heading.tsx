"use client";

import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { Facts } from "#/ui/feedback/facts.tsx";
import { isEnded } from "#/terms/job-status.ts";
import { CancelButton } from "#/ui/run/cancel-button.tsx";
import { RevertButton } from "#/ui/run/revert-button.tsx";
import { FailButton, RetryButtons } from "#/ui/run/retry-buttons.tsx";
import { RunBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { RunProgress } from "#/ui/run/run-progress.tsx";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { ElapsedTime } from "#/ui/time/elapsed-time.tsx";
import { exactInstant } from "#/ui/time/time.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

export function RunHeading({ sync, asOf }: { sync: SyncDetail; asOf: number }) {
  const title = (
    <Group component="span" gap="sm">
      Sync {sync.jobId.slice(0, 8)} <RunBadge status={sync.status} cancelling={sync.cancelRequested} />
      {sync.kind !== "sync" && <WordBadge color="blue" words={sync.kind} />}
      {sync.dryRun && <WordBadge color="gray" words="dry run" />}
    </Group>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Breadcrumb href="/" label="Overview" title={title} />
        <Group gap="sm">
          <CopyText value={sync.jobId} what="the id">
            <Text size="sm" c="dimmed">
              Id
            </Text>
          </CopyText>
          <CopyText
            value={typeof location === "undefined" ? "" : `${location.origin}/syncs/${sync.jobId}`}
            what="the link"
          >
            <Text size="sm" c="dimmed">
              Link
            </Text>
          </CopyText>
          {!isEnded(sync.status) && <CancelButton sync={sync} />}
          {!isEnded(sync.status) && <FailButton jobId={sync.jobId} />}
          {isEnded(sync.status) && <RetryButtons sync={sync} />}
          {isEnded(sync.status) && !sync.dryRun && sync.kind !== "revert" && <RevertButton jobId={sync.jobId} />}
        </Group>
      </Group>
      <Paper withBorder p="md" bg="var(--card-background)" style={{ borderColor: "var(--hairline)" }}>
        <Stack gap="md">
          <RunProgress sync={sync} />
          <Facts
            facts={[
              { name: "Triggered", value: <RelativeTime at={sync.triggeredAt} /> },
              { name: "By", value: sync.triggeredBy },
              {
                name: isEnded(sync.status) ? "Took" : "Elapsed",
                value:
                  sync.startedAt === null || sync.durationSeconds === null ? (
                    "not started"
                  ) : (
                    <ElapsedTime seconds={sync.durationSeconds} asOf={asOf} ticking={sync.status === "running"} />
                  ),
              },
              { name: "Sources", value: sync.sources === null ? "all enabled" : sync.sources.join(", ") },
              { name: "Attempt", value: sync.attempt === 0 ? "none yet" : sync.attempt },
              { name: "Worker", value: sync.worker ?? "none" },
              ...(sync.retryAt === null ? [] : [{ name: "Next attempt", value: exactInstant(sync.retryAt) }]),
              ...(sync.retryOf === null ? [] : [{ name: "Tries again", value: <RunLink jobId={sync.retryOf} /> }]),
              ...(sync.retriedBy === null
                ? []
                : [{ name: "Tried again by", value: <RunLink jobId={sync.retriedBy} /> }]),
            ]}
          />
          {sync.errorMessage !== null && (
            <Text size="sm" c="var(--mantine-color-error)" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
              {sync.errorMessage}
            </Text>
          )}
        </Stack>
      </Paper>
    </Stack>
  );
}

function RunLink({ jobId }: { jobId: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} {...props} />}>
      {jobId.slice(0, 8)}
    </Anchor>
  );
}
