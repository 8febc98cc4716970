"use client";

import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeError } from "#/ui/feedback/describe-error.model.ts";
import { notifyDone } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const toggle = { "aria-label": "Show or hide the password" };
const LEAST = 8;

/** Sets one's own password; every other session ends with it. */
export function PasswordPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const { mutate, isPending, error } = useMutation(
    trpc.access.changePassword.mutationOptions({
      onSuccess: () => {
        setPresent("");
        setNext("");
        notifyDone({ message: "The password is changed. Every other browser is signed out." });
        void queryClient.invalidateQueries(trpc.access.sessions.pathFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate({ present, next });
  };
  return (
    <Panel title="Password">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            value={present}
            onChange={(event) => setPresent(event.currentTarget.value)}
            error={error === null ? undefined : describeError(error).message}
            visibilityToggleButtonProps={toggle}
            required
            withAsterisk={false}
          />
          <PasswordInput
            label="New password"
            description={`At least ${LEAST} characters`}
            autoComplete="new-password"
            minLength={LEAST}
            maxLength={128}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
            visibilityToggleButtonProps={toggle}
            required
            withAsterisk={false}
          />
          <Text size="xs" c="dimmed">
            Every other browser is signed out.
          </Text>
          <Button type="submit" variant="default" loading={isPending}>
            Change the password
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
