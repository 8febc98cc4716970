"use client";

import { Button, Group, Text, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { Action } from "#/terms/role-table.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";

type Props = Readonly<{
  action: Action;
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
  action,
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
      <VerbButton
        action={action}
        variant="default"
        size={size}
        loading={pending}
        disabled={disabled}
        onClick={open}
        aria-label={description}
      >
        {label}
      </VerbButton>
      <Dialog title={question} opened={opened} onClose={close}>
        <Text size="sm">{consequence}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close} data-autofocus>
            Go back
          </Button>
          <Button color="red.9" onClick={confirm}>
            {confirmLabel}
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
