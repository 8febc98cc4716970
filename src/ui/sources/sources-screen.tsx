"use client";

import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { DaysPanel } from "#/ui/sources/fetches/days-panel.tsx";
import { SourceTable } from "#/ui/sources/source-table.tsx";
import type { Source, SourceTest } from "#/ui/sources/source-words.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

// Most visits change nothing; a form is fetched when it is asked for.
const AddSourceDialog = dynamic(() =>
  import("#/ui/sources/edit/add-source-dialog.tsx").then((module) => module.AddSourceDialog),
);
const EditSourceDialog = dynamic(() =>
  import("#/ui/sources/edit/edit-source-dialog.tsx").then((module) => module.EditSourceDialog),
);
const RemoveSourceDialog = dynamic(() =>
  import("#/ui/sources/edit/remove-source-dialog.tsx").then((module) => module.RemoveSourceDialog),
);
const RankDialog = dynamic(() => import("#/ui/sources/rank/rank-dialog.tsx").then((module) => module.RankDialog));

type Asked = Readonly<{ verb: "add" | "rank" } | { verb: "edit" | "remove"; source: Source }>;

/** Where prices are read from, in the order of rank, and how that went. */
export function SourcesScreen() {
  const trpc = useTRPC();
  const sources = useQuery(trpc.sources.list.queryOptions());
  const { data: scheduled } = useQuery(trpc.schedules.list.queryOptions());
  const [asked, setAsked] = useState<Asked>();
  const [tests, setTests] = useState<Readonly<Record<string, SourceTest>>>({});
  const { data } = sources;
  const close = () => setAsked(undefined);
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="xs">
        <Title order={1} size="h2">
          Sources
        </Title>
        <Group gap="xs">
          <VerbButton
            action="sources.rank"
            variant="default"
            disabled={data === undefined || data.sources.length < 2}
            onClick={() => setAsked({ verb: "rank" })}
          >
            Change the order
          </VerbButton>
          <VerbButton
            action="sources.add"
            variant="default"
            disabled={data === undefined}
            onClick={() => setAsked({ verb: "add" })}
          >
            Add a source
          </VerbButton>
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        Where several sources list the same model of the same seller, the price of the first one is in force.
      </Text>
      <Loaded query={sources} failed="The sources could not be read" height={220}>
        {(answer) => (
          <Panel title={countOf(answer.sources.length, "source")} flush>
            {answer.sources.length === 0 ? (
              <EmptyNote title="There is no source yet">Add one to read prices from it.</EmptyNote>
            ) : (
              <SourceTable
                sources={answer.sources}
                schedules={scheduled?.schedules}
                asOf={sources.dataUpdatedAt}
                tests={tests}
                onTested={(test) => setTests((all) => ({ ...all, [test.name]: test }))}
                onEdit={(source) => setAsked({ verb: "edit", source })}
                onRemove={(source) => setAsked({ verb: "remove", source })}
              />
            )}
          </Panel>
        )}
      </Loaded>
      <DaysPanel />
      {asked?.verb === "add" && data !== undefined && <AddSourceDialog kinds={data.kinds} onClose={close} />}
      {asked?.verb === "rank" && data !== undefined && (
        <RankDialog names={data.sources.map(({ name }) => name)} onClose={close} />
      )}
      {asked?.verb === "edit" && <EditSourceDialog source={asked.source} onClose={close} />}
      {asked?.verb === "remove" && <RemoveSourceDialog name={asked.source.name} onClose={close} />}
    </Stack>
  );
}
