"use client";

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";

const LEAST_LETTERS = 3;

type Props = Readonly<{
  consequence: ReactNode;
  confirmLabel: string;
  placeholder: string;
  isDangerous?: boolean;
  pending?: boolean;
  onCancel: () => void;
  onConfirm: (reason: string) => void;
}>;

/** Says what will be touched and asks for the reason, which is kept. */
export function ReasonForm(props: Props) {
  const { consequence, confirmLabel, placeholder, isDangerous = true, pending = false, onCancel, onConfirm } = props;
  const [reason, setReason] = useState("");
  const isReady = reason.trim().length >= LEAST_LETTERS;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onConfirm(reason.trim());
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
          <Button variant="default" onClick={onCancel}>
            Go back
          </Button>
          <Button type="submit" {...(isDangerous ? { color: "red.9" } : {})} disabled={!isReady} loading={pending}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
