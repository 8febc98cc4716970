"use client";

import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Panel } from "#/ui/feedback/panel.tsx";
import { useTune, type Source } from "#/ui/sources/use-tune.ts";

/** Which source counts where several price the same offer: the one with the lower number. */
export function TrustPanel({ source: { name, trust } }: { source: Source }) {
  const [text, setText] = useState(String(trust));
  const [reason, setReason] = useState("");
  const { mutate, isPending } = useTune();
  const isNumber = /^\d{1,4}$/.test(text);
  return (
    <Panel title="Trust">
      <Text size="sm" c="dimmed" mb="sm">
        Where several sources price the same offer, the one with the lowest number counts.
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ name, trust: Number(text), reason: reason.trim() });
        }}
      >
        <Group align="end" gap="sm">
          <TextInput
            label="Rank"
            w={110}
            inputMode="numeric"
            value={text}
            error={!isNumber && "A whole number"}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <TextInput
            label="Reason for the rank"
            flex="1 1 220px"
            value={reason}
            maxLength={500}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            loading={isPending}
            disabled={!isNumber || Number(text) === trust || reason.trim().length < 3}
          >
            Set the rank
          </Button>
        </Group>
      </form>
    </Panel>
  );
}
