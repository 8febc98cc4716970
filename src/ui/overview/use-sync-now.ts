"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const DOUBLE_CLICK_MS = 500;

/** Queues a sync of all enabled sources. A double click is one sync; a later click queues another. */
export function useSyncNow(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const last = useRef({ at: 0, requestId: "" });
  const { mutate } = useMutation(
    trpc.syncs.trigger.mutationOptions({
      onSuccess: ({ outcome, jobId }) => {
        if (outcome === "already_queued") return;
        notifyDone({ message: "A sync is queued.", link: { href: `/syncs/${jobId}`, label: "Watch it" } });
      },
      onError: (error) => notifyFailure("No sync was queued", error),
      onSettled: () => queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
  return () => {
    const now = Date.now();
    if (now - last.current.at > DOUBLE_CLICK_MS) last.current = { at: now, requestId: newRequestId() };
    mutate({ requestId: last.current.requestId });
  };
}

// randomUUID is missing on pages served over plain HTTP from another machine.
function newRequestId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");
}
