"use client";

import { Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { SettledNote, TRIAL_REASON } from "#/ui/sources/rank/settled-note.tsx";
import { useTRPC, useTRPCClient } from "#/ui/trpc.tsx";

type Props = Readonly<{ name: string; onRemoved?: () => void; onClose: () => void }>;

/** Removes a source after saying which prices move and how many are lost with it. */
export function RemoveSourceDialog({ name, onRemoved, onClose }: Props) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const trial = useQuery({
    queryKey: ["trial of a removal", name],
    queryFn: ({ signal }) => client.sources.remove.mutate({ name, reason: TRIAL_REASON, dryRun: true }, { signal }),
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const remove = useMutation(
    trpc.sources.remove.mutationOptions({
      onSuccess: () => {
        notifyDone({ message: `${name} is removed.` });
        onClose();
        onRemoved?.();
      },
      onError: (error) => notifyFailure("The source was not removed", error),
      onSettled: () => void queryClient.invalidateQueries(),
    }),
  );
  return (
    <Dialog title={`Remove ${name}?`} size="lg" onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm">
          Syncs no longer read it. Its history, its payloads and its runs stay, and so do pins. To stop reading it for a
          while, disable it.
        </Text>
        <Loaded query={trial} failed="What would change is not known" height={120}>
          {(outcome) => (
            <>
              {outcome.lost > 0 && (
                <Text size="sm" className="bad-news" fw={550}>
                  {countOf(outcome.lost, "price")} in force would be lost: no other source has{" "}
                  {outcome.lost === 1 ? "it" : "them"}.
                </Text>
              )}
              <SettledNote settled={outcome} />
              <ReasonForm
                consequence={null}
                confirmLabel={outcome.lost > 0 ? `Remove it and lose ${countOf(outcome.lost, "price")}` : "Remove it"}
                placeholder="the seller no longer publishes prices"
                pending={remove.isPending}
                onCancel={onClose}
                onConfirm={(reason) => remove.mutate({ name, reason, force: outcome.lost > 0 })}
              />
            </>
          )}
        </Loaded>
      </Stack>
    </Dialog>
  );
}
