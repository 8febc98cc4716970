"use client";

import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import classes from "#/ui/overview/sources-panel.module.css";
import type { Source } from "#/ui/overview/source-truth.model.ts";
import { OutcomeBadge } from "#/ui/run/run-badge.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { describeSpan } from "#/ui/time/time.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** A tile per source: how old what it said is against how old it may be, and what went wrong last. */
export function SourcesPanel() {
  const sources = useQuery(useTRPC().sources.list.queryOptions());
  return (
    <Panel title="Sources">
      <Loaded query={sources} failed="The sources could not be read" height={110}>
        {(answer) => <Tiles sources={answer.sources} asOf={sources.dataUpdatedAt} />}
      </Loaded>
    </Panel>
  );
}

function Tiles({ sources, asOf }: { sources: readonly Source[]; asOf: number }) {
  const disabled = sources.filter(({ enabled }) => !enabled);
  if (sources.length === 0) return <EmptyNote title="There is no source yet">Add one on the page Sources.</EmptyNote>;
  return (
    <>
      <ul className={classes["tiles"]}>
        {sources
          .filter(({ enabled }) => enabled)
          .map((source) => (
            <Tile key={source.name} source={source} asOf={asOf} />
          ))}
      </ul>
      {disabled.length > 0 && (
        <Text size="xs" c="dimmed" mt="sm">
          Disabled: {disabled.map(({ name }) => name).join(", ")}
        </Text>
      )}
    </>
  );
}

function Tile({ source, asOf }: { source: Source; asOf: number }) {
  const { name, ageSeconds, staleAfterSeconds, lastOutcome, lastError } = source;
  const passed = Math.max(0, useNow() - asOf) / 1_000;
  const age = ageSeconds === null ? undefined : ageSeconds + passed;
  const isStale = age === undefined || age > staleAfterSeconds;
  const share = age === undefined ? 1 : Math.min(1, age / staleAfterSeconds);
  return (
    <li className={classes["tile"]} data-bad={isStale || lastOutcome === "failed" || undefined}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Anchor
          size="sm"
          fw={550}
          truncate
          title={name}
          renderRoot={(props) => <Link href={`/sources/${encodeURIComponent(name)}`} prefetch={false} {...props} />}
        >
          {name}
        </Anchor>
        {lastOutcome !== null && <OutcomeBadge outcome={lastOutcome} />}
      </Group>
      <div className={classes["bar"]} aria-hidden>
        <div style={{ width: `${Math.max(2, share * 100)}%` }} data-stale={isStale || undefined} />
      </div>
      <Text size="xs" c="dimmed" className="tabular">
        {age === undefined ? "never read" : `${describeSpan(age)} old`}, fresh up to {describeSpan(staleAfterSeconds)}
      </Text>
      {lastError !== null && (
        <Text size="xs" className="bad-news" mt={4}>
          {lastError}
        </Text>
      )}
    </li>
  );
}
