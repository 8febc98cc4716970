"use client";

import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { OutcomeBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { ArchivePanel } from "#/ui/sources/fetches/archive-panel.tsx";
import { FetchStrip } from "#/ui/sources/fetches/fetch-strip.tsx";
import { Freshness } from "#/ui/sources/fetches/freshness.tsx";
import { GuardPanel } from "#/ui/sources/guard/guard-panel.tsx";
import { ReadBy } from "#/ui/sources/read-by.tsx";
import { SourceVerbs } from "#/ui/sources/source-verbs.tsx";
import { successWords, type Source, type SourceTest } from "#/ui/sources/source-words.model.ts";
import { TestNote } from "#/ui/sources/fields/test-note.tsx";
import type { Threshold } from "#/ui/sources/guard/threshold.model.ts";
import { UnitsPanel } from "#/ui/sources/fields/units-panel.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const EditSourceDialog = dynamic(() =>
  import("#/ui/sources/edit/edit-source-dialog.tsx").then((module) => module.EditSourceDialog),
);
const RemoveSourceDialog = dynamic(() =>
  import("#/ui/sources/edit/remove-source-dialog.tsx").then((module) => module.RemoveSourceDialog),
);
const RankDialog = dynamic(() => import("#/ui/sources/rank/rank-dialog.tsx").then((module) => module.RankDialog));

type Props = Readonly<{
  name: string;
  /** The guard's defaults. */
  thresholds: readonly Threshold[];
}>;

/** One source: how it went, how it is judged and ranked, its units, and reading again what it said before. */
export function SourceScreen({ name, thresholds }: Props) {
  const sources = useQuery(useTRPC().sources.list.queryOptions());
  return (
    <Stack gap="lg">
      <Loaded query={sources} failed="The source could not be read" height={260}>
        {(answer) => {
          const source = answer.sources.find((one) => one.name === name);
          if (source === undefined) return <EmptyNote title={`There is no source called “${name}”`} />;
          return (
            <>
              <SourceHeading source={source} names={answer.sources.map((one) => one.name)} />
              <HealthPanel source={source} asOf={sources.dataUpdatedAt} />
              <GuardPanel key={JSON.stringify(source.guard)} source={source} defaults={thresholds} />
              <ArchivePanel name={name} />
              <UnitsPanel kind={source.kind} />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function SourceHeading({ source, names }: { source: Source; names: readonly string[] }) {
  const router = useRouter();
  const [asked, setAsked] = useState<"edit" | "remove" | "rank">();
  const [test, setTest] = useState<SourceTest>();
  const close = () => setAsked(undefined);
  const { name, kind, url, enabled } = source;
  return (
    <div>
      <Group justify="space-between" align="flex-end" gap="sm">
        <Breadcrumb href="/sources" label="Sources" title={name} />
        <Group gap={6}>
          <VerbButton action="sources.rank" variant="default" size="compact-sm" onClick={() => setAsked("rank")}>
            Change the order
          </VerbButton>
          <SourceVerbs
            source={source}
            onTested={setTest}
            onEdit={() => setAsked("edit")}
            onRemove={() => setAsked("remove")}
          />
        </Group>
      </Group>
      <Group gap="xs" mt={4}>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {kind}, {url}
        </Text>
        {!enabled && <WordBadge color="gray" words="disabled" />}
      </Group>
      {test !== undefined && <TestNote test={test} />}
      {asked === "edit" && <EditSourceDialog source={source} onClose={close} />}
      {asked === "rank" && <RankDialog names={names} onClose={close} />}
      {asked === "remove" && (
        <RemoveSourceDialog name={name} onClose={close} onRemoved={() => router.push("/sources")} />
      )}
    </div>
  );
}

function HealthPanel({ source, asOf }: { source: Source; asOf: number }) {
  const { data: scheduled } = useQuery(useTRPC().schedules.list.queryOptions());
  const { rank, lastSuccessAt, lastAttemptAt, apiKeyEnv, options, lastError, lastOutcome } = source;
  const ago = (at: string | null) => (at === null ? "never" : <RelativeTime at={at} />);
  return (
    <Panel title="How it went" aside={lastOutcome !== null && <OutcomeBadge outcome={lastOutcome} />}>
      <Facts
        facts={[
          { name: "Freshness", value: <Freshness source={source} asOf={asOf} /> },
          { name: "Success, 30 days", value: successWords(source.successRate) },
          { name: "Last fetches", value: <FetchStrip fetches={source.recentFetches} /> },
          { name: "Schedule", value: <ReadBy source={source} schedules={scheduled?.schedules} /> },
          { name: "Last success", value: ago(lastSuccessAt) },
          { name: "Last attempt", value: ago(lastAttemptAt) },
          { name: "Place", value: String(rank) },
          { name: "Key", value: apiKeyEnv === null ? "none" : `from ${apiKeyEnv}` },
          ...Object.entries(options).map(([option, value]) => ({ name: option, value: String(value) })),
        ]}
      />
      {lastError !== null && (
        <Text size="sm" mt="xs" className="bad-news">
          {lastError}
        </Text>
      )}
    </Panel>
  );
}
