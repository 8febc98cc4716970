"use client";

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useMemo } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { HistoryTable } from "#/ui/model/history-table.tsx";
import { priceSteps } from "#/ui/model/price-steps.model.ts";
import type { OfferKey } from "#/price/offer.ts";
import { useTRPC } from "#/ui/trpc.tsx";

// Charts weigh more than the rest of the page together.
const PriceChart = dynamic(() => import("#/ui/model/price-chart.tsx").then(({ PriceChart: Chart }) => Chart), {
  ssr: false,
  loading: () => <Skeleton h={260} />,
});

export function HistoryPanel({ offer }: { offer: OfferKey }) {
  const trpc = useTRPC();
  const { data, error, dataUpdatedAt, refetch } = useQuery(
    trpc.prices.history.queryOptions({ ...offer, limit: 1_000 }),
  );
  const entries = data?.entries;
  const steps = useMemo(
    () => (entries === undefined ? undefined : priceSteps(entries, dataUpdatedAt)),
    [entries, dataUpdatedAt],
  );
  return (
    <Panel title="History" flush>
      {data === undefined && error === null && <Skeleton h={420} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The history could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {entries?.length === 0 && <EmptyNote title="Nothing has been recorded yet" />}
      {steps !== undefined && steps.series.length > 0 && (
        <div style={{ padding: "4px 18px 12px" }}>
          <PriceChart
            steps={steps}
            label={`Price of ${offer.model} at ${offer.seller} over time, in USD per 1M tokens; the table below has the same in words`}
          />
        </div>
      )}
      {entries !== undefined && entries.length > 0 && <HistoryTable entries={entries} />}
    </Panel>
  );
}
