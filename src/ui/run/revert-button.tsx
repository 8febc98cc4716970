"use client";

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Takes back what a run changed: first as a dry run that says what would go back, then with a reason. */
export function RevertButton({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending } = useMutation(
    trpc.syncs.revert.mutationOptions({
      onSuccess: (queued) => router.push(`/syncs/${queued.jobId}`),
      onError: (error) => notifyFailure("Nothing was taken back", error),
      onSettled: () => {
        close();
        void queryClient.invalidateQueries(trpc.syncs.pathFilter());
      },
    }),
  );
  const isReady = reason.trim().length >= 3;
  return (
    <>
      <VerbButton action="syncs.revert" variant="default" size="sm" onClick={open}>
        Revert
      </VerbButton>
      <Dialog title="Take back what this run changed?" opened={opened} onClose={close}>
        <Stack gap="md">
          <Text size="sm">
            Prices go back to what they were before it. What later runs changed stays, and the values are remembered:
            the next sync does not bring them back. A dry run says first which prices would go back.
          </Text>
          <TextInput
            label="Reason"
            placeholder="the seller had the wrong unit"
            value={reason}
            maxLength={500}
            data-autofocus
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button
              variant="default"
              loading={isPending}
              onClick={() => mutate({ jobId, dryRun: true, reason: "dry run" })}
            >
              Dry run
            </Button>
            <Button
              color="red"
              disabled={!isReady}
              loading={isPending}
              onClick={() => mutate({ jobId, reason: reason.trim() })}
            >
              Revert
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
