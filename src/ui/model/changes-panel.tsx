"use client";

import { SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import type { OfferKey } from "#/price/offer.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { HistoryTable, type HistoryLine } from "#/ui/model/history-table.tsx";
import { HISTORY_LIMIT } from "#/ui/model/model-queries.ts";
import { fromWords } from "#/ui/prices/row-words.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const OF = [
  { value: "rate", label: "In force" },
  { value: "sources", label: "By source" },
];

/** Every change: of the price in force, or of what each source said. */
export function ChangesPanel({ offer }: { offer: OfferKey }) {
  const of = useSearchParams().get("of") === "sources" ? "sources" : "rate";
  return (
    <Panel
      title="Changes"
      flush
      aside={
        <SegmentedControl
          size="xs"
          data={OF}
          value={of}
          onChange={(value) => setInAddress({ of: value === "rate" ? undefined : value })}
          aria-label="Changes of what"
        />
      }
    >
      {of === "rate" ? <RateChanges offer={offer} /> : <SourceChanges offer={offer} />}
    </Panel>
  );
}

function RateChanges({ offer }: { offer: OfferKey }) {
  const changes = useQuery(useTRPC().prices.history.queryOptions({ ...offer, limit: HISTORY_LIMIT }));
  return (
    <Loaded query={changes} failed="The history could not be read" height={300}>
      {({ entries }) => <Lines lines={entries.map((entry) => ({ ...entry, who: fromWords(entry) }))} />}
    </Loaded>
  );
}

function SourceChanges({ offer }: { offer: OfferKey }) {
  const changes = useQuery(useTRPC().prices.offerHistory.queryOptions({ ...offer, limit: HISTORY_LIMIT }));
  return (
    <Loaded query={changes} failed="What the sources said could not be read" height={300}>
      {({ entries }) => <Lines lines={entries.map((entry) => ({ ...entry, who: entry.source }))} />}
    </Loaded>
  );
}

function Lines({ lines }: { lines: readonly HistoryLine[] }) {
  if (lines.length === 0) return <EmptyNote title="No change has been recorded yet" />;
  return (
    <>
      <HistoryTable lines={lines} />
      {lines.length === HISTORY_LIMIT && (
        <Text size="xs" c="dimmed" px={18} py={8}>
          These are the latest {HISTORY_LIMIT} changes.
        </Text>
      )}
    </>
  );
}
