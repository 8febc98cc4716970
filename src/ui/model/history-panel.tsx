"use client";

import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { HistoryTable, type HistoryLine } from "#/ui/model/history-table.tsx";
import { priceSteps } from "#/ui/model/price-steps.model.ts";
import { fromWords } from "#/ui/prices/agreement.model.ts";
import type { OfferKey } from "#/price/offer.ts";
import { useTRPC } from "#/ui/trpc.tsx";

// Charts weigh more than the rest of the page together.
const PriceChart = dynamic(() => import("#/ui/model/price-chart.tsx").then(({ PriceChart: Chart }) => Chart), {
  ssr: false,
  loading: () => <Skeleton h={260} />,
});

const VIEWS = [
  { value: "rate", label: "In force" },
  { value: "sources", label: "By source" },
];

/** What counted over time; and, on demand, what each source said. */
export function HistoryPanel({ offer }: { offer: OfferKey }) {
  const [view, setView] = useState("rate");
  const { lines, error, refetch, now } = useHistory(offer, view === "rate");
  const steps = useMemo(() => (lines === undefined ? undefined : drawSteps(lines, now)), [lines, now]);
  return (
    <Panel
      title="History"
      flush
      aside={<SegmentedControl size="xs" data={VIEWS} value={view} onChange={setView} aria-label="History of what" />}
    >
      {lines === undefined && error === null && <Skeleton h={420} mx="md" my="sm" w="auto" />}
      {lines === undefined && error !== null && (
        <ErrorNote title="The history could not be read" error={error} onRetry={refetch} />
      )}
      {lines?.length === 0 && <EmptyNote title="Nothing has been recorded yet" />}
      {steps !== undefined && steps.series.length > 0 && (
        <div style={{ padding: "4px 18px 12px" }}>
          <PriceChart
            steps={steps}
            label={`Price of ${offer.model} at ${offer.seller} over time, in USD per 1M tokens; the table below has the same in words`}
          />
        </div>
      )}
      {lines !== undefined && lines.length > 0 && <HistoryTable lines={lines} />}
    </Panel>
  );
}

function useHistory(offer: OfferKey, isRate: boolean) {
  const trpc = useTRPC();
  const rate = useQuery(trpc.prices.history.queryOptions({ ...offer, limit: 1_000 }, { enabled: isRate }));
  const sources = useQuery(trpc.prices.offerHistory.queryOptions({ ...offer, limit: 1_000 }, { enabled: !isRate }));
  const { error, dataUpdatedAt, refetch } = isRate ? rate : sources;
  const lines = useMemo(
    (): readonly HistoryLine[] | undefined =>
      isRate
        ? rate.data?.entries.map((entry) => ({ ...entry, who: fromWords(entry), series: "in force" }))
        : sources.data?.entries.map((entry) => ({ ...entry, who: entry.source, series: entry.source })),
    [isRate, rate.data, sources.data],
  );
  return { lines, error, now: dataUpdatedAt, refetch: () => void refetch() };
}

/** What was taken back, or is yet to come, has never counted. */
function drawSteps(lines: readonly HistoryLine[], now: number) {
  const counted = lines.filter(
    ({ withdrawnAt, effectiveAt }) => withdrawnAt === null && Date.parse(effectiveAt) <= now,
  );
  return priceSteps(
    counted.map(({ series, ...line }) => ({ ...line, source: series })),
    now,
  );
}
