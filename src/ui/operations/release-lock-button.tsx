"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Takes the lock from the worker that holds it, with a reason. */
export function ReleaseLockButton() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation(
    trpc.lock.release.mutationOptions({
      onSuccess: ({ released }) =>
        notifyDone({
          message: released
            ? "The lock is released. Its sync runs again."
            : "The lock was not held. Nothing was changed.",
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
      question="Release the lock?"
      consequence="The worker that holds it can no longer write. Its sync goes back into the queue and runs again. Use this for a worker that hangs; a worker that died loses the lock automatically."
      confirmLabel="Release the lock"
      placeholder="the worker hangs"
      size="xs"
      pending={isPending}
      onConfirm={(reason) => mutate({ reason })}
    />
  );
}
