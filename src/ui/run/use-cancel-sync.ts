"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const SAID = {
  cancelled: "Cancelled before it started",
  cancelling: "It stops at the next safe point, within 2 s",
  already_ended: "It had already ended; nothing was cancelled",
} as const;

export function useCancelSync() {
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
