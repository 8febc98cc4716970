"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RefusedError } from "#/ui/feedback/describe-error.model.ts";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import { lastAnswer } from "#/ui/webhooks/webhook-words.model.ts";

/** What can be done with a webhook; each says what came of it. */
export function useWebhookVerbs() {
  const { alerts } = useTRPC();
  const queryClient = useQueryClient();
  const told = (done: string, failed: string) => ({
    onSuccess: () => notifyDone({ message: done }),
    onError: (problem: unknown) => notifyFailure(failed, problem),
    onSettled: () => void queryClient.invalidateQueries(alerts.pathFilter()),
  });
  const test = useMutation(
    alerts.test.mutationOptions({
      ...told("", "No test was sent"),
      onSuccess: (delivery) => {
        const answer = lastAnswer(delivery);
        if (delivery.state === "delivered") notifyDone({ message: `The test got through: ${answer}.` });
        else notifyFailure("The test did not get through", new RefusedError(answer));
      },
    }),
  );
  const enable = useMutation(alerts.enableEndpoint.mutationOptions(told("It is told again.", "It was not enabled")));
  const disable = useMutation(
    alerts.disableEndpoint.mutationOptions(told("Nothing is sent there any more.", "It was not disabled")),
  );
  const rotate = useMutation(alerts.rotateSecret.mutationOptions(told("It has a new secret.", "It keeps its secret")));
  const remove = useMutation(alerts.removeEndpoint.mutationOptions(told("It is removed.", "It was not removed")));
  const redeliver = useMutation(
    alerts.redeliver.mutationOptions(told("It is sent again.", "It could not be sent again")),
  );
  return { test, enable, disable, rotate, remove, redeliver };
}
