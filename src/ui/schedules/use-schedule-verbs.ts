"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** What can be done with a schedule at once. The list follows when it is done. */
export function useScheduleVerbs() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => void queryClient.invalidateQueries(trpc.schedules.pathFilter());
  const onError = (error: unknown) => notifyFailure("The schedule was not changed", error);
  const pause = useMutation(
    trpc.schedules.pause.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `${name} is paused. It runs again when it is resumed.` }),
      onError,
      onSettled,
    }),
  );
  const resume = useMutation(
    trpc.schedules.resume.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `${name} is resumed.` }),
      onError,
      onSettled,
    }),
  );
  const remove = useMutation(
    trpc.schedules.remove.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `${name} is removed.` }),
      onError,
      onSettled,
    }),
  );
  const runNow = useMutation(
    trpc.schedules.runNow.mutationOptions({
      onSuccess: ({ jobId }) =>
        notifyDone({ message: "A sync is queued.", link: { href: `/syncs/${jobId}`, label: "Watch it" } }),
      onError: (error) => notifyFailure("No sync was queued", error),
      onSettled,
    }),
  );
  return { pause, resume, remove, runNow };
}
