"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

/** What can be done with a source at once; each says what came of it. `onTested` gets what a test found. */
export function useSourceVerbs(onTested: (test: Outputs["sources"]["test"]) => void) {
  const { sources } = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => void queryClient.invalidateQueries(sources.pathFilter());
  const test = useMutation(
    sources.test.mutationOptions({
      onSuccess: onTested,
      onError: (error) => notifyFailure("The source could not be tested", error),
    }),
  );
  const enable = useMutation(
    sources.enable.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `${name} is enabled. The next sync reads it.` }),
      onError: (error) => notifyFailure("The source was not enabled", error),
      onSettled,
    }),
  );
  const disable = useMutation(
    sources.disable.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `${name} is disabled. Syncs no longer read it.` }),
      onError: (error) => notifyFailure("The source was not disabled", error),
      onSettled,
    }),
  );
  return { test, enable, disable };
}
