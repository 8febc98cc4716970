"use client";

import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { CsvInput } from "#/ui/feedback/csv-input.tsx";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { AskText } from "#/ui/pins/ask-text.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Difference = Outputs["prices"]["importPins"];

const HEADER = "seller,model,variant,meter,unit,usd_per_unit,usd_per_1m,reason,expires_at";
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
        notifyDone({ message: `${countOf(written, "price is", "prices are")} pinned.` });
        onClose();
      },
      onError: (error) => notifyFailure("No price was pinned", error),
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
          <Code>usd_per_1m</Code>). Variant, unit and end may stay empty. If one line can’t be read, no price is pinned.
          The header is <Code>{HEADER}</Code>
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

const COLUMNS: readonly Column<Difference["pins"][number]>[] = [
  { id: "line", head: "Line", align: "right", cell: ({ line }) => line },
  { id: "action", head: "It would", cell: ({ action }) => ACTIONS[action] },
  {
    id: "model",
    head: "Model",
    grows: true,
    cell: ({ model, seller, variant }) => (
      <>
        {model}
        <Text size="xs" c="dimmed">
          {seller}
          {variant !== "default" && `, ${variant}`}
        </Text>
      </>
    ),
  },
  {
    id: "before",
    head: "Pinned now",
    cell: ({ before }) => (before === null ? "nothing" : <AskText state="priced" charges={before} />),
  },
  { id: "after", head: "Pinned then", cell: ({ after }) => <AskText state="priced" charges={after} /> },
];

function DifferenceTable({ difference: { pins, problems, notes } }: { difference: Difference }) {
  const problemsShown = problems.slice(0, SHOWN);
  return (
    <div role="status">
      {problemsShown.map(({ line, problem }) => (
        <Text key={`${line} ${problem}`} size="sm" className="bad-news">
          Line {line}: {problem}
        </Text>
      ))}
      {notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      {pins.length > 0 && (
        <DataTable
          label="What it would set"
          columns={COLUMNS}
          rows={pins.slice(0, SHOWN)}
          rowKey={({ line }) => String(line)}
          sortName="import"
        />
      )}
      {pins.length > SHOWN && (
        <Text size="sm" c="dimmed">
          and {countOf(pins.length - SHOWN, "line")} more
        </Text>
      )}
    </div>
  );
}
