"use client";

import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { OutcomeBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { ArchivePanel } from "#/ui/sources/archive-panel.tsx";
import { GuardPanel } from "#/ui/sources/guard-panel.tsx";
import type { Threshold } from "#/ui/sources/threshold.model.ts";
import { RankPanel } from "#/ui/sources/rank-panel.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

type Props = Readonly<{
  name: string;
  /** The guard's defaults. */
  thresholds: readonly Threshold[];
}>;

/** One source: how it went, how it is judged and ranked, and reading what it said before. */
export function SourceScreen({ name, thresholds }: Props) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.sources.list.queryOptions());
  const source = data?.sources.find((one) => one.name === name);
  return (
    <Stack gap="lg">
      <div>
        <Breadcrumb href="/sources" label="Sources" title={name} />
        {source !== undefined && (
          <Group gap="xs" mt={4}>
            <Text c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {source.kind}, {source.url}
            </Text>
            {!source.enabled && <WordBadge color="gray" words="disabled" />}
          </Group>
        )}
      </div>
      {data === undefined && error === null && <Skeleton h={260} />}
      {data === undefined && error !== null && (
        <ErrorNote title="The source could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && source === undefined && <EmptyNote title={`There is no source called "${name}"`} />}
      {source !== undefined && (
        <>
          <Panel
            title="How it went"
            aside={source.lastOutcome !== null && <OutcomeBadge outcome={source.lastOutcome} />}
          >
            <Facts
              facts={[
                {
                  name: "Last success",
                  value: source.lastSuccessAt === null ? "never" : <RelativeTime at={source.lastSuccessAt} />,
                },
                {
                  name: "Last attempt",
                  value: source.lastAttemptAt === null ? "never" : <RelativeTime at={source.lastAttemptAt} />,
                },
                { name: "Key", value: source.apiKeyEnv === null ? "none" : `from ${source.apiKeyEnv}` },
                ...Object.entries(source.options).map(([option, value]) => ({ name: option, value: String(value) })),
              ]}
            />
            {source.lastError !== null && (
              <Text size="sm" mt="xs" style={{ overflowWrap: "anywhere" }}>
                {source.lastError}
              </Text>
            )}
          </Panel>
          <GuardPanel key={JSON.stringify(source.guard)} source={source} defaults={thresholds} />
          <RankPanel key={source.rank} source={source} />
          <ArchivePanel name={name} />
        </>
      )}
    </Stack>
  );
}
