"use client";

import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isEnded } from "#/terms/job-status.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import type { SyncSummary } from "#/ui/run/run-counts.model.ts";
import { EndedMeanwhile } from "#/ui/run/verbs/ended-meanwhile.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

type Props = Readonly<{
  sync: Pick<SyncSummary, "jobId" | "status" | "triggeredBy" | "cancelRequested">;
  size?: "xs" | "sm";
}>;

/** Cancels a queued or running sync, after asking. A question that is open when the sync ends stays, and says so. */
export function CancelButton({ sync, size = "sm" }: Props) {
  const { jobId, status, triggeredBy, cancelRequested } = sync;
  const { mutate, isPending } = useCancelSync();
  const [opened, { open, close }] = useDisclosure(false);
  const isQueued = status === "queued";
  const confirm = () => {
    close();
    mutate({ jobId });
  };
  return (
    <>
      {!isEnded(status) && (
        <VerbButton
          action="syncs.cancel"
          variant="default"
          size={size}
          loading={isPending}
          disabled={cancelRequested}
          onClick={open}
          aria-label={`Cancel the sync of ${triggeredBy}`}
        >
          {cancelRequested ? "Stopping…" : "Cancel"}
        </VerbButton>
      )}
      <Dialog title={isQueued ? "Take this sync out of the queue?" : "Stop this sync?"} opened={opened} onClose={close}>
        {isEnded(status) ? (
          <EndedMeanwhile status={status} onClose={close} />
        ) : (
          <>
            <Text size="sm">
              {isQueued
                ? "The sync does not start, and no price changes."
                : "It stops at the next safe point, within 2 s. Sources it has already applied stay applied; the others keep their last good prices."}
            </Text>
            <Group justify="flex-end" mt="lg">
              <Button variant="default" onClick={close} data-autofocus>
                Go back
              </Button>
              <Button color="red.9" onClick={confirm}>
                {isQueued ? "Take it out" : "Stop the sync"}
              </Button>
            </Group>
          </>
        )}
      </Dialog>
    </>
  );
}

const SAID = {
  cancelled: "Cancelled before it started",
  cancelling: "It stops at the next safe point, within 2 s",
  already_ended: "It had already ended; nothing was cancelled",
} as const;

function useCancelSync() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.syncs.cancel.mutationOptions({
      onSuccess: ({ outcome }) => notifyDone({ message: SAID[outcome] }),
      onError: (error) => notifyFailure("Nothing was cancelled", error),
      onSettled: () => queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
}
