"use client";

import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { bytesInWords } from "#/ui/feedback/count.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import type { SourceLog } from "#/ui/run/run-counts.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Reads a payload of this run again, by the present parser. Nothing is fetched. */
export function ReplayButton({ log }: { log: readonly SourceLog[] }) {
  const router = useRouter();
  const [opened, { open, close }] = useDisclosure(false);
  const { mutate, isPending } = useMutation(
    useTRPC().syncs.replay.mutationOptions({
      onSuccess: ({ jobId }) => router.push(`/syncs/${jobId}`),
      onError: (error) => notifyFailure("Nothing was read again", error),
    }),
  );
  const stored = log.flatMap(({ source, payloadDigest, bytes }) =>
    payloadDigest === null ? [] : [{ source, digest: payloadDigest, bytes }],
  );
  if (stored.length === 0) return null;
  return (
    <>
      <VerbButton action="syncs.replay" variant="default" size="sm" onClick={open}>
        Replay
      </VerbButton>
      <Dialog title="Replay a payload of this run" opened={opened} onClose={close}>
        <Stack gap="md">
          <Text size="sm">
            The stored payload is read again by the present parser and judged against the present book, as a new run.
            The source is not asked. A dry run says what would change, and writes nothing.
          </Text>
          {stored.map(({ source, digest, bytes }) => (
            <Group key={source} justify="space-between" gap="xs">
              <Text size="sm">
                {source}
                {bytes !== null && `, ${bytesInWords(bytes)}`}
              </Text>
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  loading={isPending}
                  aria-label={`Dry run of ${source}`}
                  onClick={() => mutate({ source, digest, dryRun: true })}
                >
                  Dry run
                </Button>
                <Button
                  size="xs"
                  loading={isPending}
                  aria-label={`Replay ${source}`}
                  onClick={() => mutate({ source, digest })}
                >
                  Replay
                </Button>
              </Group>
            </Group>
          ))}
        </Stack>
      </Dialog>
    </>
  );
}
