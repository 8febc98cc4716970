"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import type { Source, SourceTest } from "#/ui/sources/source-words.model.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

export type SourceVerbsProps = Readonly<{
  source: Source;
  onTested: (test: SourceTest) => void;
  onEdit: (source: Source) => void;
  onRemove: (source: Source) => void;
}>;

/** What can be done with a source. */
export function SourceVerbs({ source, onTested, onEdit, onRemove }: SourceVerbsProps) {
  const { test, enable, disable } = useSourceVerbs(onTested);
  const { name, enabled } = source;
  const look = { size: "compact-sm", variant: "default" } as const;
  return (
    <>
      <VerbButton
        {...look}
        action="sources.test"
        loading={test.isPending}
        aria-label={`Test ${name}`}
        onClick={() => test.mutate({ name })}
      >
        Test
      </VerbButton>
      <VerbButton {...look} action="sources.update" aria-label={`Edit ${name}`} onClick={() => onEdit(source)}>
        Edit
      </VerbButton>
      {enabled ? (
        <ReasonButton
          action="sources.disable"
          label="Disable"
          ariaLabel={`Disable ${name}`}
          size="compact-sm"
          question={`Disable ${name}?`}
          consequence="Syncs no longer read it. Its prices stay in force."
          confirmLabel="Disable it"
          placeholder="the seller is changing its list"
          pending={disable.isPending}
          onConfirm={(reason) => disable.mutate({ name, reason })}
        />
      ) : (
        <VerbButton
          {...look}
          action="sources.enable"
          aria-label={`Enable ${name}`}
          loading={enable.isPending}
          onClick={() => enable.mutate({ name })}
        >
          Enable
        </VerbButton>
      )}
      <VerbButton {...look} action="sources.remove" aria-label={`Remove ${name}`} onClick={() => onRemove(source)}>
        Remove
      </VerbButton>
    </>
  );
}

/** What can be done with a source at once; each says what came of it. `onTested` gets what a test found. */
function useSourceVerbs(onTested: (test: Outputs["sources"]["test"]) => void) {
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
