"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
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
          Retry failed sources only
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
