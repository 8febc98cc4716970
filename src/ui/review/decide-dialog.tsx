"use client";

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";

export type Decision = Readonly<{ verb: "approve" | "reject"; ids: readonly string[] }>;

type Props = Readonly<{
  decision: Decision | undefined;
  pending: boolean;
  onClose: () => void;
  onDecide: (decision: Decision, reason: string) => void;
}>;

const LEAST_LETTERS = 3;

/** Asks for the one reason of a decision, and says what it will touch. */
export function DecideDialog({ decision, pending, onClose, onDecide }: Props) {
  const [reason, setReason] = useState("");
  const isApproval = decision?.verb === "approve";
  const prices = countOf(decision?.ids.length ?? 0, "held price");
  const isReady = reason.trim().length >= LEAST_LETTERS;
  return (
    <Modal.Root opened={decision !== undefined} onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="none">
          <Modal.Title>{isApproval ? `Put ${prices} in force?` : `Keep ${prices} out?`}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (decision !== undefined && isReady) onDecide(decision, reason.trim());
            }}
          >
            <Stack gap="md">
              <Text size="sm">
                {isApproval
                  ? "They count from when they were observed. The reason stands in the history of every model."
                  : "The last good prices stay in force. The same values are not held again until they change."}
              </Text>
              <TextInput
                label="Reason"
                placeholder="checked on the seller's page"
                value={reason}
                maxLength={500}
                data-autofocus
                onChange={({ currentTarget }) => setReason(currentTarget.value)}
              />
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  Not now
                </Button>
                <Button type="submit" {...(isApproval ? {} : { color: "red" })} disabled={!isReady} loading={pending}>
                  {isApproval ? "Approve" : "Reject"}
                </Button>
              </Group>
            </Stack>
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
