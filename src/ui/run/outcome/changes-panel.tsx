"use client";

import { Anchor, Button, Group, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { totalImpactWords } from "#/ui/price/impact-words.model.ts";
import { modelHref } from "#/price/model-href.ts";
import { PriceLines } from "#/ui/price/price-lines.tsx";
import { runChangePages } from "#/ui/run/run-queries.ts";
import { noChangeWords } from "#/ui/run/outcome/no-change-words.model.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Answer = Outputs["syncs"]["changes"];
type Change = Answer["changes"][number];

/** All prices in force that a run changed, the largest change first. `held`: how many it kept out of force. */
export function ChangesPanel({ jobId, held }: { jobId: string; held: number }) {
  const changes = useInfiniteQuery(runChangePages(useTRPC(), jobId));
  const newest = changes.data?.pages.at(-1);
  const rows = changes.data?.pages.flatMap((page) => page.changes) ?? [];
  const impact = newest === undefined ? undefined : totalImpactWords([newest]);
  const noChange = noChangeWords(held);
  return (
    <Panel
      title="What changed"
      flush
      aside={
        <Text size="sm" c="dimmed" ta="right">
          {newest !== undefined && newest.total > 0 && describeCounts(newest)}
        </Text>
      }
    >
      {impact !== undefined && (
        <Text size="sm" px={18} pb="xs">
          {impact}
        </Text>
      )}
      <Loaded query={changes} failed="What changed could not be read" height={200}>
        {() =>
          rows.length === 0 ? (
            <EmptyNote title={noChange.title}>{noChange.text}</EmptyNote>
          ) : (
            <DataTable label="What changed" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
      {changes.hasNextPage && newest !== undefined && (
        <Group justify="center" p="sm">
          <Button variant="subtle" loading={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>
            Show more ({count(rows.length)} of {count(newest.total)})
          </Button>
        </Group>
      )}
    </Panel>
  );
}

function describeCounts({ total, counts }: Answer): string {
  const parts = [
    counts.changed > 0 ? `${count(counts.changed)} changed` : "",
    counts.gone > 0 ? `${count(counts.gone)} gone` : "",
    counts.first > 0 ? `${count(counts.first)} new` : "",
  ].filter((part) => part !== "");
  return `${countOf(total, "price")}: ${parts.join(", ")}`;
}

const COLUMNS: readonly Column<Change>[] = [
  {
    id: "model",
    head: "Model",
    cell: (change) => (
      <>
        <Anchor size="sm" renderRoot={(props) => <Link href={modelHref(change)} prefetch={false} {...props} />}>
          {change.model}
        </Anchor>
        {change.variant !== "default" && (
          <Text size="xs" c="dimmed">
            {change.variant}
          </Text>
        )}
      </>
    ),
  },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  {
    id: "price",
    head: "Price",
    grows: true,
    cell: (change) => <PriceLines change={change} monthlyImpactUsd={change.monthlyImpactUsd} />,
  },
];
