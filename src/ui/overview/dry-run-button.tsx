"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Queues a run that only says what a sync would change and hold, and goes to watch it. */
export function DryRunButton() {
  const trpc = useTRPC();
  const router = useRouter();
  const { mutate, isPending } = useMutation(
    trpc.syncs.trigger.mutationOptions({
      onSuccess: ({ jobId }) => router.push(`/syncs/${jobId}`),
      onError: (error) => notifyFailure("No dry run was queued", error),
    }),
  );
  return (
    <VerbButton action="syncs.trigger" variant="default" loading={isPending} onClick={() => mutate({ dryRun: true })}>
      Dry run
    </VerbButton>
  );
}
