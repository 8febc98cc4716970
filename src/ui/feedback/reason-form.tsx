"use client";

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useRef, useState, type ReactNode } from "react";

const LEAST_LETTERS = 3;

type Props = Readonly<{
  consequence: ReactNode;
  confirmLabel: string;
  placeholder: string;
  /** Reasons that are given often; one click takes one, and it can still be changed. */
  presets?: readonly string[];
  /** False while what will be touched is not known. */
  ready?: boolean;
  isDangerous?: boolean;
  pending?: boolean;
  onCancel: () => void;
  onConfirm: (reason: string) => void;
}>;

/** Says what will be touched and asks for the reason, which is kept. */
export function ReasonForm(props: Props) {
  const { consequence, confirmLabel, placeholder, presets = [], ready = true } = props;
  const { isDangerous = true, pending = false, onCancel, onConfirm } = props;
  const [reason, setReason] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const isReady = ready && reason.trim().length >= LEAST_LETTERS;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onConfirm(reason.trim());
      }}
    >
      <Stack gap="md">
        <Text size="sm" component="div">
          {consequence}
        </Text>
        {presets.length > 0 && (
          <Group gap={6} role="group" aria-label="Common reasons">
            {presets.map((preset) => (
              <Button
                key={preset}
                size="compact-xs"
                variant="default"
                onClick={() => {
                  setReason(preset);
                  // Enter confirms from there.
                  field.current?.focus();
                }}
              >
                {preset}
              </Button>
            ))}
          </Group>
        )}
        <TextInput
          ref={field}
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
