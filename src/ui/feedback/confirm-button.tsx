"use client";

import { Button, Group, Text, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";

type Props = Readonly<{
  label: string;
  /** Names the button where its label alone doesn't say what it acts on. */
  description?: string;
  question: string;
  consequence: ReactNode;
  confirmLabel: string;
  pending?: boolean;
  disabled?: boolean;
  size?: ButtonProps["size"] & string;
  onConfirm: () => void;
}>;

/** A button that asks first and says what it will touch. */
export function ConfirmButton({
  label,
  description,
  question,
  consequence,
  confirmLabel,
  pending = false,
  disabled = false,
  size = "sm",
  onConfirm,
}: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const confirm = () => {
    close();
    onConfirm();
  };
  return (
    <>
      <Button
        variant="default"
        size={size}
        loading={pending}
        disabled={disabled}
        onClick={open}
        aria-label={description}
      >
        {label}
      </Button>
      <Dialog title={question} opened={opened} onClose={close}>
        <Text size="sm">{consequence}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button color="red.9" onClick={confirm} data-autofocus>
            {confirmLabel}
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
