"use client";

import { Anchor, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { PriceLines } from "#/ui/price/price-lines.tsx";
import { REASON_WORDS } from "#/ui/review/hold-words.model.ts";
import { runHolds } from "#/ui/run/run-queries.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Hold = Outputs["review"]["list"]["holds"][number];

const SHOWN_AT_FIRST = 10;
const STATE_COLORS = { open: "orange", approved: "teal", rejected: "gray", resolved: "gray" } as const;

/** The prices that the guard kept out of force in a run, the worst first. `held`: how many its sources say they held. */
export function HeldPanel({ jobId, held }: { jobId: string; held: number }) {
  const holds = useQuery(useTRPC().review.list.queryOptions(runHolds(jobId)));
  const [isWhole, setIsWhole] = useState(false);
  if (held === 0 && (holds.data === undefined || holds.data.total === 0)) return null;
  const total = holds.data?.total ?? held;
  const shown = holds.data?.holds.length ?? total;
  return (
    <Panel
      title="Held for review"
      flush
      aside={
        <Text size="sm" c="dimmed">
          {total > shown ? `the worst ${shown} of ${countOf(total, "price")}` : countOf(total, "price")}
        </Text>
      }
    >
      <Loaded
        query={holds}
        failed="The held prices could not be read"
        height={60 + 45 * Math.min(held, SHOWN_AT_FIRST)}
      >
        {(answer) => (
          <DataTable label="Held for review" columns={COLUMNS} rows={answer.holds} rowKey={({ id }) => id} />
        )}
      </Loaded>
      {!isWhole && shown > SHOWN_AT_FIRST && (
        <Group justify="center" p="sm">
          <Button variant="subtle" onClick={() => setIsWhole(true)}>
            Show {shown} held prices
          </Button>
        </Group>
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<Hold>[] = [
  {
    id: "model",
    head: "Model",
    grows: true,
    cell: (hold) => (
      <>
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link href={`/review?state=${hold.state}&hold=${hold.id}`} prefetch={false} {...props} />
          )}
        >
          {hold.model}
        </Anchor>
        {hold.variant !== "default" && ` ${hold.variant}`}
      </>
    ),
  },
  { id: "seller", head: "Seller", cell: ({ seller }) => seller },
  { id: "source", head: "Source", cell: ({ source }) => source },
  {
    id: "why",
    head: "Why",
    cell: ({ reasons: [reason] }) => (reason === undefined ? "" : REASON_WORDS[reason]),
  },
  {
    id: "price",
    head: "Held price",
    cell: (hold) => <PriceLines change={heldChange(hold)} monthlyImpactUsd={hold.monthlyImpactUsd} />,
  },
  {
    id: "state",
    head: "State",
    cell: ({ state }) => <WordBadge color={STATE_COLORS[state]} words={state} />,
  },
];

function heldChange(hold: Hold) {
  return {
    state: hold.new.state,
    charges: hold.new.charges,
    previousState: hold.old?.state ?? null,
    previousCharges: hold.old?.charges ?? null,
  };
}
