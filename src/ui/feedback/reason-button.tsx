"use client";

import type { ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { Action } from "#/terms/role-table.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";

type Props = Readonly<{
  action: Action;
  label: string;
  /** Names the button where several of one label stand on a page. */
  ariaLabel?: string;
  question: string;
  consequence: ReactNode;
  confirmLabel: string;
  placeholder: string;
  pending?: boolean;
  size?: ButtonProps["size"] & string;
  onConfirm: (reason: string) => void;
}>;

/** A button that says what it will touch and asks for a reason. */
export function ReasonButton({
  action,
  label,
  ariaLabel,
  question,
  pending = false,
  size = "sm",
  onConfirm,
  ...form
}: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <VerbButton action={action} variant="default" size={size} loading={pending} aria-label={ariaLabel} onClick={open}>
        {label}
      </VerbButton>
      <Dialog title={question} opened={opened} onClose={close}>
        <ReasonForm
          {...form}
          onCancel={close}
          onConfirm={(reason) => {
            close();
            onConfirm(reason);
          }}
        />
      </Dialog>
    </>
  );
}
