"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import type { Pin } from "#/ui/model/price-answer.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Lets the sources' present price count again, after asking. */
export function ClearPinButton({ pin }: { pin: Pin }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation(
    trpc.prices.clearPin.mutationOptions({
      onSuccess: () => notifyDone({ message: "The pin is cleared." }),
      onError: (error) => notifyFailure("The pin was not cleared", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.prices.pathFilter()),
    }),
  );
  const { seller, model, variant, meter } = pin;
  return (
    <ConfirmButton
      action="prices.clearPin"
      label="Clear"
      description={`Clear the pin of ${meter ?? "the whole offer"}`}
      question="Clear this pin?"
      consequence="The price of the first source by rank is in force from now on. The pin stays in the history."
      confirmLabel="Clear the pin"
      pending={isPending}
      size="xs"
      onConfirm={() =>
        mutate({ seller, model, variant, ...(meter === null ? {} : { meter }), reason: "cleared in the dashboard" })
      }
    />
  );
}
