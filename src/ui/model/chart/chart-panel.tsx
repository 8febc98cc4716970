"use client";

import { NativeSelect, Skeleton, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import type { OfferKey } from "#/price/offer.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { HISTORY_LIMIT } from "#/ui/model/model-queries.ts";
import classes from "#/ui/model/chart/price-chart.module.css";
import type { HeldPrice } from "#/ui/model/price-answer.ts";
import {
  amountsAt,
  chartCharges,
  stepChart,
  type ChartInput,
  type StepChart,
} from "#/ui/model/chart/step-chart.model.ts";
import { exactInstant, utcInstant } from "#/ui/time/time.model.ts";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const HEIGHT = 180;

// It is drawn in the browser alone; its place is kept until it is there.
const PriceChart = dynamic(() => import("#/ui/model/chart/price-chart.tsx").then(({ PriceChart: Chart }) => Chart), {
  ssr: false,
  loading: () => <Skeleton h={HEIGHT} />,
});

/** How the price of one charge went: in force, pinned, and by every source. */
export function ChartPanel({ offer, holds }: { offer: OfferKey; holds: readonly HeldPrice[] }) {
  const trpc = useTRPC();
  const rates = useQuery(trpc.prices.history.queryOptions({ ...offer, limit: HISTORY_LIMIT }));
  const offers = useQuery(trpc.prices.offerHistory.queryOptions({ ...offer, limit: HISTORY_LIMIT }));
  return (
    <Loaded query={rates} failed="The history could not be read" height={HEIGHT + 70}>
      {(force) => (
        <Loaded query={offers} failed="What the sources said could not be read" height={HEIGHT + 70}>
          {(said) => (
            <Chosen
              input={{ rates: force.entries, offers: said.entries, holds, now: rates.dataUpdatedAt }}
              name={`${offer.model} at ${offer.seller}`}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function Chosen({ input: { rates, offers, holds, now }, name }: { input: ChartInput; name: string }) {
  const asked = useSearchParams().get("charge");
  const charges = useMemo(() => chartCharges({ rates, offers }), [rates, offers]);
  const charge = charges.find(({ value }) => value === asked) ?? charges[0];
  const chart = useMemo(
    () => charge && stepChart({ rates, offers, holds, now }, charge.value),
    [rates, offers, holds, now, charge],
  );
  if (charge === undefined || chart === undefined || chart.times.length === 0)
    return <EmptyNote title="No price has been recorded yet" />;
  return (
    <Panel
      title="Price over time"
      aside={
        <NativeSelect
          size="xs"
          maw={{ base: 190, sm: 300 }}
          aria-label="Charge"
          data={[...charges]}
          value={charge.value}
          onChange={({ currentTarget: { value } }) => setInAddress({ charge: value })}
        />
      }
    >
      <Drawn
        chart={chart}
        label={`${charge.label}: the price of ${name} over time; the table after it says the same`}
      />
    </Panel>
  );
}

const KINDS = [
  ["sync", "● sync"],
  ["hold", "▲ held"],
  ["approval", "✓ approved"],
  ["pin", "◆ pin"],
  ["revert", "↺ reverted"],
] as const;

function Drawn({ chart, label }: { chart: StepChart; label: string }) {
  const [point, setPoint] = useState<number>();
  const index = Math.min(point ?? Infinity, chart.times.length - 1);
  return (
    <>
      <PriceChart chart={chart} label={label} height={HEIGHT} onPoint={setPoint} />
      <div className={classes["legend"]} aria-hidden>
        <PointWords chart={chart} index={index} />
        <Text span size="xs" c="dimmed" ml="auto">
          {KINDS.flatMap(([kind, words]) => (chart.marks.some((mark) => mark.kind === kind) ? [words] : [])).join(
            "   ",
          )}
        </Text>
      </div>
      <StepTable chart={chart} />
    </>
  );
}

function PointWords({ chart, index }: { chart: StepChart; index: number }) {
  const at = new Date(chart.times[index] ?? 0).toISOString();
  const inZone = useIsBrowser() ? exactInstant(at) : utcInstant(at);
  const isNow = index === chart.times.length - 1;
  return (
    <Text span size="xs" className="tabular">
      {isNow ? "Now" : `From ${inZone}`}:{" "}
      {amountsAt(chart, index)
        .map(({ label, text }) => `${label} ${text}`)
        .join("; ")}
    </Text>
  );
}

/** The chart for those who do not see it. */
function StepTable({ chart }: { chart: StepChart }) {
  const rows = chart.times.flatMap((at, index) => (at === chart.times[index + 1] ? [] : [{ at, index }]));
  return (
    <VisuallyHidden>
      <table>
        <caption>The prices of the chart</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Prices</th>
            <th scope="col">Marks</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, index }) => (
            <tr key={at}>
              <td>{utcInstant(new Date(at).toISOString())}</td>
              <td>
                {amountsAt(chart, index)
                  .map((line) => `${line.label} ${line.text}`)
                  .join("; ")}
              </td>
              <td>
                {chart.marks
                  .filter((mark) => mark.at >= at && mark.at < (chart.times[index + 1] ?? Infinity))
                  .map(({ words }) => words)
                  .join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
