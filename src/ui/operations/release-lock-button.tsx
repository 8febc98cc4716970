"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Takes the lock from whoever holds it, with a reason. */
export function ReleaseLockButton() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation(
    trpc.lock.release.mutationOptions({
      onSuccess: ({ released }) =>
        notifyDone({
          message: released ? "The lock is free; its sync runs again." : "The lock was not held. Nothing was done.",
        }),
      onError: (error) => notifyFailure("The lock was not released", error),
      onSettled: () => {
        void queryClient.invalidateQueries(trpc.lock.pathFilter());
        void queryClient.invalidateQueries(trpc.syncs.pathFilter());
      },
    }),
  );
  return (
    <ReasonButton
      action="lock.release"
      label="Release the lock"
      question="Take the lock from its holder?"
      consequence="Whoever holds it can’t write from then on, not even late; the sync goes back into the queue and runs again. For a holder that hangs: one that died loses the lock by itself."
      confirmLabel="Release the lock"
      placeholder="the worker hangs"
      size="xs"
      pending={isPending}
      onConfirm={(reason) => mutate({ reason })}
    />
  );
}
