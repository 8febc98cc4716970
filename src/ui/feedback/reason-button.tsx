"use client";

import { Button, Group, Modal, Stack, Text, TextInput, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";

const LEAST_LETTERS = 3;

type Props = Readonly<{
  label: string;
  /** Names the button where its label alone doesn't say what it acts on. */
  description?: string;
  question: string;
  consequence: ReactNode;
  confirmLabel: string;
  placeholder: string;
  pending?: boolean;
  size?: ButtonProps["size"] & string;
  onConfirm: (reason: string) => void;
}>;

/** A button that says what it will touch and asks for a reason, which is kept. */
export function ReasonButton(props: Props) {
  const { label, description, question, consequence, confirmLabel, placeholder, pending = false, size = "sm" } = props;
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const isReady = reason.trim().length >= LEAST_LETTERS;
  return (
    <>
      <Button variant="default" size={size} loading={pending} onClick={open} aria-label={description}>
        {label}
      </Button>
      <Modal.Root opened={opened} onClose={close} centered>
        <Modal.Overlay />
        <Modal.Content>
          <Modal.Header role="none">
            <Modal.Title>{question}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </Modal.Header>
          <Modal.Body>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (!isReady) return;
                close();
                props.onConfirm(reason.trim());
              }}
            >
              <Stack gap="md">
                <Text size="sm">{consequence}</Text>
                <TextInput
                  label="Reason"
                  placeholder={placeholder}
                  value={reason}
                  maxLength={500}
                  data-autofocus
                  onChange={({ currentTarget }) => setReason(currentTarget.value)}
                />
                <Group justify="flex-end">
                  <Button variant="default" onClick={close}>
                    Not now
                  </Button>
                  <Button type="submit" color="red" disabled={!isReady}>
                    {confirmLabel}
                  </Button>
                </Group>
              </Stack>
            </form>
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  );
}
