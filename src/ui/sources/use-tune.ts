import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

export type Source = Outputs["sources"]["list"]["sources"][number];

/** Sets the guard's thresholds of a source. */
export function useTune() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.sources.tune.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `The thresholds of ${name} are set. The next sync uses them.` }),
      onError: (error) => notifyFailure("The thresholds were not set", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.sources.pathFilter()),
    }),
  );
}
