"use client";

import { CloseButton, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { listThresholds, readThresholds, thresholdWords, type Threshold } from "#/ui/sources/guard/threshold.model.ts";
import type { Source } from "#/ui/sources/source-words.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { type Outputs, useTRPC } from "#/ui/trpc.tsx";

type Trial = Outputs["sources"]["tryGuard"];

const COLUMNS: readonly Column<Trial["lines"][number]>[] = [
  {
    id: "model",
    head: "Model",
    cell: ({ model, variant }) => (variant === "default" ? model : `${model}, ${variant}`),
  },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  { id: "why", head: "Why", grows: true, cell: ({ words }) => words.join("; ") },
  {
    id: "was",
    head: "Then",
    cell: ({ wasHeld }) => <WordBadge color={wasHeld ? "orange" : "teal"} words={wasHeld ? "held" : "let through"} />,
  },
  { id: "observed", head: "Observed", cell: ({ observedAt }) => <RelativeTime at={observedAt} /> },
];

const DAYS = ["1", "7", "30", "90", "365"];
const LINES_SHOWN = 50;

type Props = Readonly<{ source: Source; defaults: readonly Threshold[] }>;

/** The thresholds that differ for this source; what others would have held is shown before they are set. */
export function GuardPanel({ source: { name, guard }, defaults }: Props) {
  const trpc = useTRPC();
  const [lines, setLines] = useState<readonly Threshold[]>(() => listThresholds(guard));
  const [days, setDays] = useState("30");
  const [reason, setReason] = useState("");
  const { mutate, isPending } = useTune();
  const rules = readThresholds(lines);
  const trial = useQuery(
    trpc.sources.tryGuard.queryOptions(
      { name, guard: rules ?? {}, days: Number(days) },
      { enabled: false, retry: false },
    ),
  );
  const isSame = JSON.stringify(rules) === JSON.stringify(readThresholds(listThresholds(guard)));
  const unused = defaults.filter((one) => lines.every((line) => line.name !== one.name));
  return (
    <Panel title="Guard">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {lines.length === 0
            ? "The default thresholds judge this source. Other thresholds can be tried on its last days before they are set."
            : "These thresholds of this source differ from the defaults."}
        </Text>
        {lines.map(({ name: threshold, value }) => (
          <Group key={threshold} align="end" gap="sm" wrap="nowrap">
            <TextInput
              label={thresholdWords(threshold)}
              description={`default: ${defaults.find((one) => one.name === threshold)?.value ?? "unknown"}`}
              w={260}
              value={value}
              inputMode="decimal"
              error={
                readThresholds([{ name: threshold, value }]) === undefined && "Write numbers with commas between them"
              }
              onChange={({ currentTarget }) =>
                setLines(
                  lines.map((line) => (line.name === threshold ? { ...line, value: currentTarget.value } : line)),
                )
              }
            />
            <CloseButton
              aria-label={`Back to the default of ${thresholdWords(threshold)}`}
              onClick={() => setLines(lines.filter((line) => line.name !== threshold))}
            />
          </Group>
        ))}
        <Group align="end" gap="sm">
          <NativeSelect
            label="Another threshold"
            w={260}
            value=""
            data={[
              { value: "", label: "Choose one" },
              ...unused.map((one) => ({ value: one.name, label: `${thresholdWords(one.name)}: ${one.value}` })),
            ]}
            onChange={({ currentTarget }) => {
              const chosen = unused.find((one) => one.name === currentTarget.value);
              if (chosen !== undefined) setLines([...lines, chosen]);
            }}
          />
          <NativeSelect
            label="Try it on the last"
            w={150}
            value={days}
            data={DAYS.map((value) => ({ value, label: countOf(Number(value), "day") }))}
            onChange={({ currentTarget }) => setDays(currentTarget.value)}
          />
          <VerbButton
            action="sources.tryGuard"
            variant="default"
            disabled={rules === undefined}
            loading={trial.isFetching}
            onClick={() => void trial.refetch()}
          >
            Show what it would have held
          </VerbButton>
        </Group>
        {trial.error !== null && (
          <ErrorNote title="These thresholds can’t be tried" error={trial.error} onRetry={() => void trial.refetch()} />
        )}
        {trial.data !== undefined && trial.error === null && <TrialNote trial={trial.data} days={Number(days)} />}
        {!isSame && (
          <Group align="end" gap="sm">
            <TextInput
              label="Reason for these thresholds"
              flex="1 1 220px"
              value={reason}
              maxLength={500}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <VerbButton
              action="sources.tune"
              disabled={rules === undefined || reason.trim().length < 3}
              loading={isPending}
              onClick={() => rules !== undefined && mutate({ name, guard: rules, reason: reason.trim() })}
            >
              Set the thresholds
            </VerbButton>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function TrialNote({ trial, days }: { trial: Trial; days: number }) {
  const { since, isCut, arrivals, wouldHold, didHold, lines } = trial;
  return (
    <div role="status">
      <Text size="sm">
        Of {countOf(arrivals, "price")}{" "}
        {isCut ? `since ${since.slice(0, 10)} (there are too many before)` : `in the last ${countOf(days, "day")}`},{" "}
        {count(wouldHold)} would have been held; {count(didHold)} were.
      </Text>
      {lines.length > 0 && (
        <DataTable
          label="What would have been held"
          columns={COLUMNS}
          rows={lines.slice(0, LINES_SHOWN)}
          rowKey={({ seller, model, variant, observedAt }) => `${seller} ${model} ${variant} ${observedAt}`}
        />
      )}
    </div>
  );
}

/** Sets the guard's thresholds of a source. */
function useTune() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.sources.tune.mutationOptions({
      onSuccess: ({ name }) => notifyDone({ message: `The thresholds of ${name} are set. The next sync uses them.` }),
      onError: (error) => notifyFailure("The thresholds were not set", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.sources.pathFilter()),
    }),
  );
}
