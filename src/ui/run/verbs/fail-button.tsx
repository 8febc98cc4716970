"use client";

import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isEnded } from "#/terms/job-status.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { EndedMeanwhile } from "#/ui/run/verbs/ended-meanwhile.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Ends a stuck sync as failed, with a reason. A question that is open when the sync ends stays, and says so. */
export function FailButton({ sync: { jobId, status } }: { sync: Pick<SyncDetail, "jobId" | "status"> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const { mutate, isPending } = useMutation(
    trpc.syncs.fail.mutationOptions({
      onSuccess: ({ outcome }) =>
        notifyDone({
          message: outcome === "failed" ? "The sync is marked as failed." : "It had ended already; nothing was done.",
        }),
      onError: (error) => notifyFailure("The sync was not marked as failed", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
  return (
    <>
      {!isEnded(status) && (
        <VerbButton action="syncs.fail" variant="default" size="sm" loading={isPending} onClick={open}>
          Mark as failed
        </VerbButton>
      )}
      <Dialog title="Mark this sync as failed?" opened={opened} onClose={close}>
        {isEnded(status) ? (
          <EndedMeanwhile status={status} onClose={close} />
        ) : (
          <ReasonForm
            consequence="It ends at once, and its worker loses the lock: it writes nothing from then on. Sources that it has already applied stay applied. Use this for a sync that hangs; cancel one that works."
            confirmLabel="Mark as failed"
            placeholder="it has hung since noon"
            onCancel={close}
            onConfirm={(reason) => {
              close();
              mutate({ jobId, reason });
            }}
          />
        )}
      </Dialog>
    </>
  );
}
