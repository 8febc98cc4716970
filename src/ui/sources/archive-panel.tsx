"use client";

import { Button, FileInput, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { sendArchive } from "#/ui/sources/send-archive.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Reads again what the source said: its stored payload by the present parser, or an archived one of the past. */
export function ArchivePanel({ name }: { name: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [file, setFile] = useState<File | null>(null);
  const [at, setAt] = useState("");
  const onError = (error: unknown) => notifyFailure("Nothing was read", error);
  const watch = ({ jobId }: { jobId: string }) => router.push(`/syncs/${jobId}`);
  const replay = useMutation(trpc.syncs.replay.mutationOptions({ onSuccess: watch, onError }));
  const archive = useMutation({ mutationFn: sendArchive, onSuccess: watch, onError });
  const send = (dryRun: boolean) => file !== null && archive.mutate({ source: name, file, at: `${at}:00Z`, dryRun });
  const isReady = file !== null && at !== "";
  return (
    <Panel title="Read it again">
      <Stack gap="sm">
        <Group gap="sm">
          <Text size="sm" flex="1 1 260px">
            The payload that was applied last, by the present parser: for after a parser was mended.
          </Text>
          <Button
            variant="default"
            loading={replay.isPending}
            onClick={() => replay.mutate({ source: name, dryRun: true })}
          >
            Dry run of it
          </Button>
          <Button variant="default" loading={replay.isPending} onClick={() => replay.mutate({ source: name })}>
            Read it again
          </Button>
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
          <Button variant="default" disabled={!isReady} loading={archive.isPending} onClick={() => send(true)}>
            Dry run
          </Button>
          <Button variant="default" disabled={!isReady} loading={archive.isPending} onClick={() => send(false)}>
            Add to the history
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          Payloads are added in the order of time: one from before what the book has seen of this source is refused.
        </Text>
      </Stack>
    </Panel>
  );
}
