"use client";

import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { usePace } from "#/ui/live/use-pace.ts";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ScheduleTable } from "#/ui/schedules/schedule-table.tsx";
import type { Schedule } from "#/ui/schedules/schedule-words.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

// A tick that is skipped is no event.
const REFETCH_MS = 60_000;

// Most visits change nothing; the form is fetched when it is asked for.
const ScheduleDialog = dynamic(() =>
  import("#/ui/schedules/schedule-dialog.tsx").then((module) => module.ScheduleDialog),
);

/** When syncs start automatically. */
export function SchedulesScreen() {
  const schedules = useQuery({
    ...useTRPC().schedules.list.queryOptions(),
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
        Syncs that start automatically. The times below are in your time zone. When clocks go forward, a time that is
        skipped runs right after the change; when they go back, a time that occurs twice runs once.
      </Text>
      <Loaded query={schedules} failed="The schedules could not be read" height={220}>
        {({ schedules: all }) =>
          all.length === 0 ? (
            <EmptyNote title="There is no schedule">Syncs run only when somebody starts them.</EmptyNote>
          ) : (
            <Panel title={countOf(all.length, "schedule")} flush>
              <ScheduleTable schedules={all} onEdit={setAsked} />
            </Panel>
          )
        }
      </Loaded>
      {asked !== undefined && (
        <ScheduleDialog schedule={asked === "new" ? undefined : asked} onClose={() => setAsked(undefined)} />
      )}
    </Stack>
  );
}
