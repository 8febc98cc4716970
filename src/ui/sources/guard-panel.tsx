"use client";

import { Button, CloseButton, Group, NativeSelect, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { listThresholds, readThresholds, thresholdWords, type Threshold } from "#/ui/sources/threshold.model.ts";
import { useTune, type Source } from "#/ui/sources/use-tune.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Trial = Outputs["sources"]["tryGuard"];

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
            ? "This source is judged by the defaults. A threshold that differs can be tried on its last days before it counts."
            : "These thresholds differ from the defaults."}
        </Text>
        {lines.map(({ name: threshold, value }) => (
          <Group key={threshold} align="end" gap="sm" wrap="nowrap">
            <TextInput
              label={thresholdWords(threshold)}
              description={`by default ${defaults.find((one) => one.name === threshold)?.value ?? "unknown"}`}
              w={260}
              value={value}
              inputMode="decimal"
              error={readThresholds([{ name: threshold, value }]) === undefined && "Numbers, with commas between them"}
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
          <Button
            variant="default"
            disabled={rules === undefined}
            loading={trial.isFetching}
            onClick={() => void trial.refetch()}
          >
            Show what it would have held
          </Button>
        </Group>
        {trial.error !== null && (
          <ErrorNote title="These thresholds can't be tried" error={trial.error} onRetry={() => void trial.refetch()} />
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
            <Button
              disabled={rules === undefined || reason.trim().length < 3}
              loading={isPending}
              onClick={() => rules !== undefined && mutate({ name, guard: rules, reason: reason.trim() })}
            >
              Set the thresholds
            </Button>
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
        <TableFrame label="What would have been held">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Model</Table.Th>
              <Table.Th scope="col">Seller</Table.Th>
              <Table.Th scope="col">Why</Table.Th>
              <Table.Th scope="col">Was</Table.Th>
              <Table.Th scope="col">Observed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.slice(0, LINES_SHOWN).map((line) => (
              <Table.Tr
                key={`${line.seller} ${line.model} ${line.variant} ${line.observedAt}`}
                style={{ verticalAlign: "top" }}
              >
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {line.model}
                  {line.variant !== "default" && `, ${line.variant}`}
                </Table.Td>
                <Table.Td>{line.seller}</Table.Td>
                <Table.Td miw={240}>{line.words.join("; ")}</Table.Td>
                <Table.Td>
                  <WordBadge color={line.wasHeld ? "orange" : "teal"} words={line.wasHeld ? "held" : "let through"} />
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={line.observedAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </div>
  );
}
