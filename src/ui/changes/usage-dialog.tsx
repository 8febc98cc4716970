"use client";

import { Button, Code, FileInput, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Monthly usage from a CSV: it turns every change of price into an amount of money. */
export function UsageDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [csv, setCsv] = useState("");
  const { mutate, isPending } = useMutation(
    trpc.prices.importUsage.mutationOptions({
      onSuccess: ({ written }) => {
        notifyDone({ message: `${countOf(written, "line")} of usage recorded.` });
        onClose();
      },
      onError: (error) => notifyFailure("No usage was recorded", error),
      onSettled: () => void queryClient.invalidateQueries(),
    }),
  );
  return (
    <Modal.Root opened onClose={onClose} centered size="lg">
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="none">
          <Modal.Title>Record monthly usage</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>
          <Stack gap="sm">
            <Text size="sm">
              How many units of each meter are used in a month; what is not named stays as it is. The header is{" "}
              <Code>seller,model,variant,meter,units_per_month</Code>
            </Text>
            <FileInput
              label="File"
              placeholder="Choose a file"
              accept=".csv,text/csv,text/plain"
              onChange={(file) => void file?.text().then(setCsv)}
            />
            <Textarea
              label="CSV"
              value={csv}
              minRows={4}
              maxRows={12}
              autosize
              spellCheck={false}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              onChange={({ currentTarget }) => setCsv(currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Not now
              </Button>
              <Button disabled={csv.trim() === ""} loading={isPending} onClick={() => mutate({ csv })}>
                Record it
              </Button>
            </Group>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
