"use client";

import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import type { SyncSummary } from "#/ui/run/run-counts.model.ts";
import { useCancelSync } from "#/ui/run/use-cancel-sync.ts";

type Props = Readonly<{
  sync: Pick<SyncSummary, "jobId" | "status" | "triggeredBy" | "cancelRequested">;
  size?: "xs" | "sm";
}>;

/** Cancels a queued or running sync, after asking. */
export function CancelButton({ sync, size = "sm" }: Props) {
  const { mutate, isPending } = useCancelSync();
  const running = sync.status === "running";
  return (
    <ConfirmButton
      action="syncs.cancel"
      label={sync.cancelRequested ? "Stopping…" : "Cancel"}
      description={`Cancel the sync of ${sync.triggeredBy}`}
      question={running ? "Stop this sync?" : "Take this sync out of the queue?"}
      consequence={
        running
          ? "It stops at the next safe point, within 2 s. Sources it has already applied stay applied; the others keep their last good prices."
          : "It never starts. No price changes."
      }
      confirmLabel={running ? "Stop the sync" : "Take it out"}
      pending={isPending}
      disabled={sync.cancelRequested}
      size={size}
      onConfirm={() => mutate({ jobId: sync.jobId })}
    />
  );
}
