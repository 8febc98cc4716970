"use client";

import { Button, Group, Stack, Title } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { DryRunButton } from "#/ui/overview/dry-run-button.tsx";
import { SyncNowButton } from "#/ui/overview/sync-now-button.tsx";
import { RunTable } from "#/ui/run/run-table.tsx";
import { BulkVerbs } from "#/ui/syncs/bulk-verbs.tsx";
import { DayStrip } from "#/ui/syncs/day-strip.tsx";
import { runPages } from "#/ui/syncs/run-pages.ts";
import { SyncFilterBar } from "#/ui/syncs/sync-filter-bar.tsx";
import { isFiltered, readSyncFilters, runFilterOf } from "#/ui/syncs/sync-filters.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Every run, the newest first, narrowed by what the address says. */
export function SyncsScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const filters = useMemo(() => readSyncFilters(query), [query]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const runs = useInfiniteQuery({ ...runPages(trpc, filters), placeholderData: keepPreviousData });
  const toggle = (jobId: string) =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(jobId)) after.add(jobId);
      return after;
    });
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <Title order={1} size="h2">
          Syncs
        </Title>
        <Group gap="xs">
          <DryRunButton />
          <SyncNowButton />
        </Group>
      </Group>
      <DayStrip filter={runFilterOf(filters)} />
      <SyncFilterBar filters={filters} />
      <Panel
        title="Runs"
        flush
        aside={
          <BulkVerbs
            runs={(runs.data?.pages ?? []).flatMap(({ syncs }) => syncs).filter(({ jobId }) => chosen.has(jobId))}
            onDone={() => setChosen(new Set())}
          />
        }
      >
        <Loaded query={runs} failed="The runs could not be read" height={400}>
          {({ pages }) => {
            const syncs = pages.flatMap((page) => page.syncs);
            if (syncs.length === 0) return <NoRuns filtered={isFiltered(filters)} />;
            return (
              <RunTable
                label="Runs; counts are offers"
                runs={syncs}
                asOf={runs.dataUpdatedAt}
                chosen={chosen}
                onChoose={toggle}
              />
            );
          }}
        </Loaded>
        {runs.hasNextPage && (
          <Group justify="center" p="sm">
            <Button variant="subtle" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
              Show older runs
            </Button>
          </Group>
        )}
      </Panel>
    </Stack>
  );
}

function NoRuns({ filtered }: { filtered: boolean }) {
  if (filtered) return <EmptyNote title="No run matches">Remove a filter to see more runs.</EmptyNote>;
  return <EmptyNote title="No sync has run yet">“Sync now” reads every enabled source.</EmptyNote>;
}
