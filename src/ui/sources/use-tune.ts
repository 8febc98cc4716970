import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

export type Source = Outputs["sources"]["list"]["sources"][number];

/** Sets how a source is judged. */
export function useTune() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.sources.tune.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `${name} is set; the next sync goes by it.` }),
      onError: (error) => notifyFailure("The source was not changed", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.sources.pathFilter()),
    }),
  );
}
