"use client";

import { Button, Code, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { CsvInput } from "#/ui/feedback/csv-input.tsx";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { AskText } from "#/ui/pins/ask-text.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Difference = Outputs["prices"]["importPins"];

const COLUMNS = "seller,model,variant,meter,unit,usd_per_unit,usd_per_1m,reason,expires_at";
const ACTIONS = { set: "set", replace: "replace", same: "already so" } as const;
const SHOWN = 200;

/** Pins from a CSV: what would be set is shown first, and set only then. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [csv, setCsv] = useState("");
  const [difference, setDifference] = useState<Difference>();
  const read = useMutation(
    trpc.prices.importPins.mutationOptions({
      onSuccess: setDifference,
      onError: (error) => notifyFailure("The CSV could not be read", error),
    }),
  );
  const write = useMutation(
    trpc.prices.importPins.mutationOptions({
      onSuccess: ({ written }) => {
        notifyDone({ message: `${countOf(written, "price is", "prices are")} pinned; no sync moves them.` });
        onClose();
      },
      onError: (error) => notifyFailure("Nothing was pinned", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.prices.pathFilter()),
    }),
  );
  const change = (text: string) => {
    setCsv(text);
    setDifference(undefined);
  };
  const moving = difference?.pins.filter(({ action }) => action !== "same").length ?? 0;
  const isReady = difference !== undefined && difference.problems.length === 0 && moving > 0;
  return (
    <Dialog title="Pin prices from a CSV" onClose={onClose} size="xl">
      <Stack gap="sm">
        <Text size="sm">
          One price per line, in USD per one unit (<Code>usd_per_unit</Code>) or per million units (
          <Code>usd_per_1m</Code>). Variant, unit and end may stay empty. With a bad line nothing is set. The header is{" "}
          <Code>{COLUMNS}</Code>
        </Text>
        <CsvInput csv={csv} onChange={change} />
        {difference !== undefined && <DifferenceTable difference={difference} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button
            variant="default"
            disabled={csv.trim() === ""}
            loading={read.isPending}
            onClick={() => read.mutate({ csv, dryRun: true })}
          >
            Show what it would set
          </Button>
          <Button disabled={!isReady} loading={write.isPending} onClick={() => write.mutate({ csv })}>
            {moving === 0 ? "Pin" : `Pin ${countOf(moving, "price")}`}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function DifferenceTable({ difference: { pins, problems, notes } }: { difference: Difference }) {
  const problemsShown = problems.slice(0, SHOWN);
  return (
    <div role="status">
      {problemsShown.map(({ line, problem }) => (
        <Text key={`${line} ${problem}`} size="sm" c="red">
          Line {line}: {problem}
        </Text>
      ))}
      {notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      {pins.length > 0 && (
        <TableFrame label="What it would set">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Line</Table.Th>
              <Table.Th scope="col">It would</Table.Th>
              <Table.Th scope="col">Model</Table.Th>
              <Table.Th scope="col">Pinned now</Table.Th>
              <Table.Th scope="col">Pinned then</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pins.slice(0, SHOWN).map(({ line, action, seller, model, variant, before, after }) => (
              <Table.Tr key={line} style={{ verticalAlign: "top" }}>
                <Table.Td>{line}</Table.Td>
                <Table.Td>{ACTIONS[action]}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {model}
                  <Text size="xs" c="dimmed">
                    {seller}
                    {variant !== "default" && `, ${variant}`}
                  </Text>
                </Table.Td>
                <Table.Td>{before === null ? "nothing" : <AskText state="priced" charges={before} />}</Table.Td>
                <Table.Td>
                  <AskText state="priced" charges={after} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
      {pins.length > SHOWN && (
        <Text size="sm" c="dimmed">
          and {countOf(pins.length - SHOWN, "line")} more
        </Text>
      )}
    </div>
  );
}
