"use client";

import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { CsvInput } from "#/ui/feedback/csv-input.tsx";
import { Dialog } from "#/ui/feedback/dialog.tsx";
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
    <Dialog title="Record monthly usage" onClose={onClose} size="lg">
      <Stack gap="sm">
        <Text size="sm">
          How many units of each meter are used in a month; what is not named stays as it is. The header is{" "}
          <Code>seller,model,variant,meter,units_per_month</Code>
        </Text>
        <CsvInput csv={csv} onChange={setCsv} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button disabled={csv.trim() === ""} loading={isPending} onClick={() => mutate({ csv })}>
            Record it
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
