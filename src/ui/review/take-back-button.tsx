"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import type { Hold } from "#/ui/review/hold-words.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Takes a decision of any day back, as long as the price has not moved since. */
export function TakeBackButton({ hold: { id, state, model } }: { hold: Hold }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const undo = useMutation(
    trpc.review.undo.mutationOptions({
      onSuccess: () => notifyDone({ message: "1 hold open again." }),
      onError: (error) => notifyFailure("The decision could not be taken back", error),
      onSettled: () => {
        void queryClient.invalidateQueries(trpc.review.pathFilter());
        void queryClient.invalidateQueries(trpc.prices.pathFilter());
      },
    }),
  );
  return (
    <ReasonButton
      action="review.undo"
      label="Take back"
      question={`Take back the decision on ${model}?`}
      consequence={
        state === "approved"
          ? "The hold is open again, and the price from before the approval is in force. It is refused when another price has come into force since."
          : "The hold is open again. It is refused when another price has come into force since."
      }
      confirmLabel="Take it back"
      placeholder="the seller has corrected its page"
      size="compact-sm"
      pending={undo.isPending}
      onConfirm={(reason) => undo.mutate({ holdId: id, reason })}
    />
  );
}
