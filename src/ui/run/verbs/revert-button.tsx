"use client";

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const CONSEQUENCE =
  "Prices go back to what they were before the run. What later runs changed stays, and the values are remembered: the next sync does not bring them back.";

/** Takes back what a run changed: first as a dry run, whose page ends with the revert itself, or at once with a reason. */
export function RevertButton({ jobId }: { jobId: string }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending } = useRevert();
  const isReady = reason.trim().length >= 3;
  return (
    <>
      <VerbButton action="syncs.revert" variant="default" size="sm" onClick={open}>
        Revert
      </VerbButton>
      <Dialog title="Revert what this run changed?" opened={opened} onClose={close}>
        <Stack gap="md">
          <Text size="sm">{CONSEQUENCE} A dry run lists the prices first, and reverts them from its page.</Text>
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
              color="red.9"
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

/** At the end of a dry run of a revert: the revert itself. `prices`: how many it takes back. */
export function RevertTheseButton({ jobId, prices }: { jobId: string; prices: number }) {
  const { mutate, isPending } = useRevert();
  const label = `Revert ${prices === 1 ? "this price" : `these ${countOf(prices, "price")}`}`;
  return (
    <ReasonButton
      action="syncs.revert"
      label={label}
      question={`${label}?`}
      consequence={CONSEQUENCE}
      confirmLabel={label}
      placeholder="the seller had the wrong unit"
      pending={isPending}
      onConfirm={(reason) => mutate({ jobId, reason })}
    />
  );
}

/** Queues taking back a run, or a dry run of that, and leads to its page. */
function useRevert() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation(
    trpc.syncs.revert.mutationOptions({
      onSuccess: (queued) => router.push(`/syncs/${queued.jobId}`),
      onError: (error) => notifyFailure("Nothing was taken back", error),
      onSettled: () => queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
}
