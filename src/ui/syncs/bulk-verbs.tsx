"use client";

import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRef, useState } from "react";
import { isEnded } from "#/terms/job-status.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { describeError } from "#/ui/feedback/describe-error.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import type { SyncSummary } from "#/ui/run/run-counts.model.ts";
import { runInSlices, type BulkReport } from "#/ui/syncs/run-in-slices.model.ts";
import { useTRPC, useTRPCClient } from "#/ui/trpc.tsx";

type Verb = "cancel" | "retry";
type Props = Readonly<{ runs: readonly SyncSummary[]; onDone: () => void }>;

const WORDS = {
  cancel: { verb: "Cancel", done: "cancelled", why: "why these syncs are stopped" },
  retry: { verb: "Try again", done: "queued again", why: "what has changed since they failed" },
} as const;

/** What can be done with the chosen runs together, one after the other, with a way to stop in between. */
export function BulkVerbs({ runs, onDone }: Props) {
  const [asked, setAsked] = useState<Readonly<{ verb: Verb; jobIds: readonly string[] }>>();
  const ids = (fits: (run: SyncSummary) => boolean) => runs.filter(fits).map(({ jobId }) => jobId);
  const open = ids(({ status }) => !isEnded(status));
  // The older run is A; the list has the newest first.
  const [b, a, ...others] = runs;
  const failed = ids(({ status }) => status === "failed" || status === "partial");
  return (
    <Group gap="xs" mih={30}>
      {open.length > 0 && (
        <VerbButton
          action="syncs.cancelMany"
          size="xs"
          variant="default"
          onClick={() => setAsked({ verb: "cancel", jobIds: open })}
        >
          Cancel {countOf(open.length, "run")}
        </VerbButton>
      )}
      {failed.length > 0 && (
        <VerbButton
          action="syncs.retryMany"
          size="xs"
          variant="default"
          onClick={() => setAsked({ verb: "retry", jobIds: failed })}
        >
          Try {countOf(failed.length, "run")} again
        </VerbButton>
      )}
      {a !== undefined && b !== undefined && others.length === 0 && (
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link href={`/syncs/compare?a=${a.jobId}&b=${b.jobId}`} prefetch={false} {...props} />}
        >
          Compare 2 runs
        </Button>
      )}
      {asked !== undefined && (
        <BulkDialog
          {...asked}
          onClose={(isChanged) => {
            setAsked(undefined);
            if (isChanged) onDone();
          }}
        />
      )}
    </Group>
  );
}

type DialogProps = Readonly<{ verb: Verb; jobIds: readonly string[]; onClose: (isChanged: boolean) => void }>;

function BulkDialog({ verb, jobIds, onClose }: DialogProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [report, setReport] = useState<BulkReport>();
  const stop = useRef(new AbortController());
  const { verb: label, done, why } = WORDS[verb];
  const start = async (reason: string) => {
    const send = async (slice: readonly string[]) => {
      const input = { jobIds: [...slice], reason };
      const { results } = await (verb === "cancel"
        ? client.syncs.cancelMany.mutate(input)
        : client.syncs.retryMany.mutate(input));
      return results;
    };
    await runInSlices(jobIds, send, { signal: stop.current.signal, onReport: setReport });
    await queryClient.invalidateQueries(trpc.syncs.pathFilter());
  };
  const close = () => {
    stop.current.abort();
    onClose(report !== undefined);
  };
  return (
    <Dialog title={`${label}: ${countOf(jobIds.length, "run")}`} onClose={close}>
      {report === undefined ? (
        <ReasonForm
          consequence={
            verb === "cancel"
              ? "Runs that wait are cancelled; one that is at work stops after its current step. What it has applied stays."
              : "The sources that failed are read again, each run as a new one in the queue."
          }
          confirmLabel={`${label}: ${countOf(jobIds.length, "run")}`}
          placeholder={why}
          isDangerous={verb === "cancel"}
          onCancel={close}
          onConfirm={(reason) => void start(reason)}
        />
      ) : (
        <Stack gap="sm">
          <Progress.Root size="lg">
            <Progress.Section value={(100 * report.sent) / jobIds.length} aria-label="Progress" />
          </Progress.Root>
          <Text size="sm" role="status">
            {report.sent} of {jobIds.length}: {report.done} {done}, {report.refused.length} refused
            {report.state === "stopped" && ", then stopped"}
          </Text>
          {report.refused.map(({ jobId, message }) => (
            <Text key={jobId} size="sm" className="bad-news">
              {jobId.slice(0, 8)}: {message}
            </Text>
          ))}
          {report.error !== undefined && (
            <Text size="sm" className="bad-news">
              {describeError(report.error).message}
            </Text>
          )}
          <Group justify="flex-end">
            {report.state === "running" ? (
              <Button variant="default" onClick={() => stop.current.abort()}>
                Stop here
              </Button>
            ) : (
              <Button onClick={close} data-autofocus>
                Done
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}
