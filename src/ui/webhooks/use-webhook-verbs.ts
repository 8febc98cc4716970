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
      ...told("", "The test was not sent"),
      onSuccess: (delivery) => {
        const answer = lastAnswer(delivery);
        if (delivery.state === "delivered") notifyDone({ message: `The test was delivered: ${answer}.` });
        else notifyFailure("The test was not delivered", new RefusedError(answer));
      },
    }),
  );
  const enable = useMutation(
    alerts.enableEndpoint.mutationOptions(told("The webhook is enabled.", "The webhook was not enabled")),
  );
  const disable = useMutation(
    alerts.disableEndpoint.mutationOptions(
      told("The webhook is disabled. Nothing is sent to it.", "The webhook was not disabled"),
    ),
  );
  const rotate = useMutation(
    alerts.rotateSecret.mutationOptions(told("The webhook has a new secret.", "The secret was not changed")),
  );
  const remove = useMutation(
    alerts.removeEndpoint.mutationOptions(told("The webhook is removed.", "The webhook was not removed")),
  );
  const redeliver = useMutation(
    alerts.redeliver.mutationOptions(told("The delivery is sent again.", "The delivery was not sent again")),
  );
  return { test, enable, disable, rotate, remove, redeliver };
}
