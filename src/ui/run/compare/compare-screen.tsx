"use client";

import { Anchor, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { modelHref } from "#/price/model-href.ts";
import { PriceLines } from "#/ui/price/price-lines.tsx";
import {
  comparedCount,
  comparedPayload,
  compareTexts,
  type ComparedCount,
  type ComparedSource,
  type Comparison,
} from "#/ui/run/compare/compared.model.ts";
import { RunBadge } from "#/ui/run/run-badge.tsx";
import { RUN_KIND_WORDS } from "#/ui/run/run-kind-words.model.ts";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { describeDuration } from "#/ui/time/time.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

type Moved = Comparison["moved"]["prices"][number];

/** Two runs side by side: what differs source by source, and which prices only one of them moved. */
export function CompareScreen({ a, b }: { a: string; b: string }) {
  const comparison = useQuery(useTRPC().syncs.compare.queryOptions({ a, b }));
  return (
    <Stack gap="lg">
      <Breadcrumb href="/syncs" label="Syncs" title="Compare two runs" />
      <Loaded query={comparison} failed="The runs could not be compared" height={500}>
        {(answer) => (
          <>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
              <RunPanel name="Run A" run={answer.a} />
              <RunPanel name="Run B" run={answer.b} />
            </SimpleGrid>
            <Panel
              title="Sources"
              flush
              aside={
                <Text size="sm" c="dimmed">
                  Where the runs differ: A | B
                </Text>
              }
            >
              <DataTable
                label="Sources of both runs"
                columns={SOURCE_COLUMNS}
                rows={answer.sources}
                rowKey={({ source }) => source}
                below={describeFailures}
              />
            </Panel>
            <MovedPanel moved={answer.moved} />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function RunPanel({ name, run }: { name: string; run: Comparison["a"] }) {
  const { jobId, status, kind, dryRun, startedBy, triggeredAt, durationSeconds } = run;
  return (
    <Panel title={name} aside={<RunBadge status={status} />}>
      <Facts
        facts={[
          {
            name: "Run",
            value: (
              <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
                {RUN_KIND_WORDS[dryRun ? "dry_run" : kind]} {jobId.slice(0, 8)}
              </Anchor>
            ),
          },
          { name: "Triggered", value: <RelativeTime at={triggeredAt} /> },
          { name: "Started by", value: startedBy },
          { name: "Took", value: durationSeconds === null ? "not started" : describeDuration(durationSeconds) },
        ]}
      />
    </Panel>
  );
}

function Compared({ text, differs }: { text: string; differs: boolean }) {
  return (
    <Text size="sm" span {...(differs ? { fw: 650 } : { c: "dimmed" })}>
      {text}
    </Text>
  );
}

const COUNT_HEADS = {
  offers: "Offers",
  created: "New",
  changed: "Changed",
  held: "Held",
  rejected: "Rejected",
} as const satisfies Record<ComparedCount, string>;

const SOURCE_COLUMNS: readonly Column<ComparedSource>[] = [
  { id: "source", head: "Source", grows: true, cell: ({ source }) => source },
  {
    id: "outcome",
    head: "Outcome",
    cell: ({ a, b }) => <Compared {...compareTexts(a?.outcome ?? "no part", b?.outcome ?? "no part")} />,
  },
  { id: "payload", head: "Payload", cell: (one) => <Compared {...comparedPayload(one)} /> },
  ...(["offers", "created", "changed", "held", "rejected"] as const).map((name): Column<ComparedSource> => ({
    id: name,
    head: COUNT_HEADS[name],
    align: "right",
    cell: (one) => <Compared {...comparedCount(one, name)} />,
  })),
  {
    id: "took",
    head: "Took",
    align: "right",
    cell: ({ a, b }) => [a, b].map((part) => (part === null ? "–" : describeDuration(part.seconds))).join(" | "),
  },
];

function describeFailures({ a, b }: ComparedSource) {
  const failures = [
    { run: "A", part: a },
    { run: "B", part: b },
  ].flatMap(({ run, part }) => (part === null || part.errorMessage === null ? [] : `Run ${run}: ${part.errorMessage}`));
  return failures.length > 0 && <div className="bad-news">{failures.join("\n")}</div>;
}

function MovedPanel({ moved }: Pick<Comparison, "moved">) {
  const { onlyA, onlyB, differently, alike, prices } = moved;
  const total = onlyA + onlyB + differently;
  return (
    <Panel
      title="Prices that the runs moved differently"
      flush
      aside={
        total > 0 && (
          <Text size="sm" c="dimmed">
            {total > prices.length
              ? `the first ${count(prices.length)} of ${countOf(total, "price")}`
              : countOf(total, "price")}
          </Text>
        )
      }
    >
      <Group px={18} pb="xs" gap="xs">
        <Text size="sm">
          Only run A: {count(onlyA)}. Only run B: {count(onlyB)}. Both, to different prices: {count(differently)}. Both,
          to the same price: {count(alike)}.
        </Text>
      </Group>
      {total === 0 ? (
        <EmptyNote title="No price was moved differently">Prices that are held, and dry runs, move nothing.</EmptyNote>
      ) : (
        <DataTable
          label="Prices that the runs moved differently"
          columns={MOVED_COLUMNS}
          rows={prices}
          rowKey={({ seller, model, variant }) => `${seller} ${model} ${variant}`}
        />
      )}
    </Panel>
  );
}

const MOVED_COLUMNS: readonly Column<Moved>[] = [
  {
    id: "model",
    head: "Model",
    grows: true,
    cell: (price) => (
      <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(price)} prefetch={false} {...props} />}>
        {price.model}
        {price.variant !== "default" && ` ${price.variant}`}
      </Anchor>
    ),
  },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  { id: "a", head: "Run A", cell: ({ a }) => <Move move={a} /> },
  { id: "b", head: "Run B", cell: ({ b }) => <Move move={b} /> },
];

function Move({ move }: { move: Moved["a"] }) {
  if (move === null) return "not moved";
  const { before, after } = move;
  return (
    <PriceLines change={{ ...after, previousState: before?.state ?? null, previousCharges: before?.charges ?? null }} />
  );
}
