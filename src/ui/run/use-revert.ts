"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Queues taking back a run, or a dry run of that, and leads to its page. */
export function useRevert() {
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
