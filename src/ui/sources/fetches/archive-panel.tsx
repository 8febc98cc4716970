"use client";

import { FileInput, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { RefusedError } from "#/ui/feedback/describe-error.model.ts";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Reads the source's stored payload again with the present parser, or an archived payload of the past. */
export function ArchivePanel({ name }: { name: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [file, setFile] = useState<File | null>(null);
  const [at, setAt] = useState("");
  const onError = (error: unknown) => notifyFailure("The payload was not read", error);
  const watch = ({ jobId }: { jobId: string }) => router.push(`/syncs/${jobId}`);
  const replay = useMutation(trpc.syncs.replay.mutationOptions({ onSuccess: watch, onError }));
  const archive = useMutation({ mutationFn: sendArchive, onSuccess: watch, onError });
  const send = (dryRun: boolean) => file !== null && archive.mutate({ source: name, file, at: `${at}:00Z`, dryRun });
  const isReady = file !== null && at !== "";
  return (
    <Panel title="Stored and archived payloads">
      <Stack gap="sm">
        <Group gap="sm">
          <Text size="sm" flex="1 1 260px">
            Reads the payload that was applied last with the present parser, for example after the parser was corrected.
          </Text>
          <VerbButton
            action="syncs.replay"
            variant="default"
            loading={replay.isPending}
            onClick={() => replay.mutate({ source: name, dryRun: true })}
          >
            Dry run: read again
          </VerbButton>
          <VerbButton
            action="syncs.replay"
            variant="default"
            loading={replay.isPending}
            onClick={() => replay.mutate({ source: name })}
          >
            Read again
          </VerbButton>
        </Group>
        <Group gap="sm" align="end">
          <FileInput
            label="An archived payload"
            placeholder="Choose a file"
            flex="1 1 220px"
            value={file}
            onChange={setFile}
          />
          <TextInput
            type="datetime-local"
            label="Seen at (UTC)"
            value={at}
            onChange={({ currentTarget }) => setAt(currentTarget.value)}
          />
          <VerbButton
            action="sources.backfill"
            variant="default"
            disabled={!isReady}
            loading={archive.isPending}
            onClick={() => send(true)}
          >
            Dry run: add
          </VerbButton>
          <VerbButton
            action="sources.backfill"
            variant="default"
            disabled={!isReady}
            loading={archive.isPending}
            onClick={() => send(false)}
          >
            Add to the history
          </VerbButton>
        </Group>
        <Text size="xs" c="dimmed">
          Payloads are added in the order of time. One that is older than the last payload of this source is refused.
        </Text>
      </Stack>
    </Panel>
  );
}

type Archive = Readonly<{ source: string; file: File; at: string; dryRun: boolean }>;

/** Sends an archived payload as it is; throws with the server's own words when it refuses. */
async function sendArchive({ source, file, at, dryRun }: Archive): Promise<{ jobId: string }> {
  const query = new URLSearchParams({ at, ...(dryRun ? { dry_run: "true" } : {}) });
  const response = await fetch(`/v1/sources/${encodeURIComponent(source)}/backfill?${query.toString()}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file,
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer === "object" && answer !== null) {
    if (response.ok && "job_id" in answer && typeof answer.job_id === "string") return { jobId: answer.job_id };
    if ("detail" in answer && typeof answer.detail === "string") throw new RefusedError(answer.detail, response.status);
  }
  throw new RefusedError(`The server answered ${response.status}.`, response.status);
}
