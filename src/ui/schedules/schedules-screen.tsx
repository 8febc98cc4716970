"use client";

import { Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ScheduleRow } from "#/ui/schedules/schedule-row.tsx";
import type { Schedule } from "#/ui/schedules/schedule-words.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

// A tick that is skipped is no event.
const REFETCH_MS = 60_000;

// Most visits change nothing; the form is fetched when it is asked for.
const ScheduleDialog = dynamic(() =>
  import("#/ui/schedules/schedule-dialog.tsx").then((module) => module.ScheduleDialog),
);

/** When syncs start by themselves. */
export function SchedulesScreen() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery({
    ...trpc.schedules.list.queryOptions(),
    refetchInterval: usePace(REFETCH_MS),
  });
  const [asked, setAsked] = useState<"new" | Schedule>();
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <Title order={1} size="h2">
          Schedules
        </Title>
        <VerbButton action="schedules.create" variant="default" onClick={() => setAsked("new")}>
          Add a schedule
        </VerbButton>
      </Group>
      <Text size="sm" c="dimmed">
        When syncs start by themselves, by the clock of a time zone. Times below are in yours. A time that clocks skip
        runs right after the gap, one that they show twice runs once.
      </Text>
      {asked !== undefined && (
        <ScheduleDialog schedule={asked === "new" ? undefined : asked} onClose={() => setAsked(undefined)} />
      )}
      {data === undefined && error === null && <Skeleton h={220} />}
      {data === undefined && error !== null && (
        <ErrorNote title="The schedules could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.schedules.length === 0 && (
        <EmptyNote title="There is no schedule">Syncs run only when somebody starts them.</EmptyNote>
      )}
      {data !== undefined && data.schedules.length > 0 && (
        <Panel title={countOf(data.schedules.length, "schedule")} flush>
          <TableFrame label="Schedules">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Schedule</Table.Th>
                <Table.Th scope="col">Runs</Table.Th>
                <Table.Th scope="col">Next</Table.Th>
                <Table.Th scope="col">Last run</Table.Th>
                <Table.Th scope="col">Change it</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.schedules.map((schedule) => (
                <ScheduleRow key={schedule.name} schedule={schedule} onEdit={() => setAsked(schedule)} />
              ))}
            </Table.Tbody>
          </TableFrame>
        </Panel>
      )}
    </Stack>
  );
}
