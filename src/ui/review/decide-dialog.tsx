"use client";

import { countOf } from "#/ui/feedback/count.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";

export type Decision = Readonly<{ verb: "approve" | "reject"; ids: readonly string[] }>;

type Props = Readonly<{
  decision: Decision | undefined;
  pending: boolean;
  onClose: () => void;
  onDecide: (decision: Decision, reason: string) => void;
}>;

/** Asks for the one reason of a decision, and says what it will touch. */
export function DecideDialog({ decision, pending, onClose, onDecide }: Props) {
  const isApproval = decision?.verb === "approve";
  const prices = countOf(decision?.ids.length ?? 0, "held price");
  return (
    <Dialog
      title={isApproval ? `Put ${prices} in force?` : `Keep ${prices} out?`}
      opened={decision !== undefined}
      onClose={onClose}
    >
      <ReasonForm
        consequence={
          isApproval
            ? "They count from when they were observed. The reason stands in the history of every model."
            : "The last good prices stay in force. The same values are not held again until they change."
        }
        confirmLabel={isApproval ? "Approve" : "Reject"}
        placeholder="checked on the seller's page"
        isDangerous={!isApproval}
        pending={pending}
        onCancel={onClose}
        onConfirm={(reason) => decision !== undefined && onDecide(decision, reason)}
      />
    </Dialog>
  );
}
