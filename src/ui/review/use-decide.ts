"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { countOf } from "#/ui/feedback/count.model.ts";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import type { Decision } from "#/ui/review/decide-dialog.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Approves or rejects holds, says so, and offers to take it back. */
export function useDecide(onDone: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.review.pathFilter());
    void queryClient.invalidateQueries(trpc.prices.pathFilter());
  };
  const reopen = useMutation(
    trpc.review.reopen.mutationOptions({
      onSuccess: ({ reopened }) => notifyDone({ message: `${countOf(reopened, "hold")} open again.` }),
      onError: (error) => notifyFailure("The decision could not be taken back", error),
      onSettled: refresh,
    }),
  );
  const settle = (verb: Decision["verb"]) => ({
    onSuccess: ({ decided }: { decided: number }, { filter }: { filter: { ids?: string[] | undefined } }) => {
      onDone();
      notifyDone({
        message: `${countOf(decided, "price")} ${verb === "approve" ? "put in force" : "rejected"}.`,
        undo: () => reopen.mutate({ ids: filter.ids ?? [], reason: "taken back at once" }),
      });
    },
    onError: (error: unknown) => {
      onDone();
      notifyFailure("The decision was not taken", error);
    },
    onSettled: refresh,
  });
  const approve = useMutation(trpc.review.approve.mutationOptions(settle("approve")));
  const reject = useMutation(trpc.review.reject.mutationOptions(settle("reject")));
  return {
    isPending: approve.isPending || reject.isPending,
    decide: ({ verb, ids }: Decision, reason: string) =>
      (verb === "approve" ? approve : reject).mutate({ filter: { ids: [...ids] }, reason }),
  };
}
