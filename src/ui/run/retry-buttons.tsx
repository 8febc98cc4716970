"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Queues an ended sync again: what failed of it, or all. The ended one stays as it is. */
export function RetryButtons({ sync }: { sync: Pick<SyncDetail, "jobId" | "status"> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { mutate, isPending } = useMutation(
    trpc.syncs.retry.mutationOptions({
      onSuccess: ({ jobId }) => router.push(`/syncs/${jobId}`),
      onError: (error) => notifyFailure("Nothing was tried again", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
  const { jobId, status } = sync;
  return (
    <>
      {status !== "success" && (
        <VerbButton
          action="syncs.retry"
          size="sm"
          loading={isPending}
          onClick={() => mutate({ jobId, which: "failed" })}
        >
          Retry what failed
        </VerbButton>
      )}
      <VerbButton
        action="syncs.retry"
        variant="default"
        size="sm"
        loading={isPending}
        onClick={() => mutate({ jobId, which: "all" })}
      >
        Run again
      </VerbButton>
    </>
  );
}

/** Ends a stuck sync as failed, with a reason. */
export function FailButton({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
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
    <ReasonButton
      action="syncs.fail"
      label="Mark as failed"
      question="Mark this sync as failed?"
      consequence="It ends at once, and its worker loses the lock: it writes nothing from then on. Sources that it has already applied stay applied. For a sync that hangs; one that works is better cancelled."
      confirmLabel="Mark as failed"
      placeholder="it hangs since noon"
      pending={isPending}
      onConfirm={(reason) => mutate({ jobId, reason })}
    />
  );
}
