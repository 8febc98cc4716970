"use client";

import { LineChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { Paper, Text } from "@mantine/core";
import { useMemo } from "react";
import type { PriceSteps, StepPoint, StepSeries } from "#/ui/model/price-steps.model.ts";
import { axisTime, exactInstant } from "#/ui/time/time.model.ts";

const COLORS = { input: ["indigo.5", "cyan.6", "violet.5"], output: ["orange.6", "pink.5", "lime.7"] } as const;

/** The price per 1M tokens as steps over time. The table under it says the same in words. */
export function PriceChart({ steps, label }: { steps: PriceSteps; label: string }) {
  const { series, points, ticks } = steps;
  const rows = useMemo(() => points.map((point) => ({ at: point.at, ...point.positions })), [points]);
  const byTime = useMemo(() => new Map(points.map((point) => [point.at, point])), [points]);
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first;
  const sources = [...new Set(series.map(({ source }) => source))];
  const tickLabels = new Map(ticks.map(({ position, label: text }) => [position, text]));

  return (
    <div role="img" aria-label={label}>
      <LineChart
        h={260}
        data={rows}
        dataKey="at"
        curveType="stepAfter"
        connectNulls={false}
        withLegend
        withDots={points.length < 40}
        gridAxis="y"
        lineChartProps={{ accessibilityLayer: false }}
        lineProps={{ isAnimationActive: false }}
        series={series.map(({ key, source, meter }) => ({
          name: key,
          label: seriesName({ key, source, meter }),
          color: COLORS[meter][sources.indexOf(source) % 3] ?? "gray.6",
          ...(meter === "output" ? { strokeDasharray: "5 3" } : {}),
        }))}
        xAxisProps={{
          type: "number",
          scale: "time",
          domain: [first, last],
          tickFormatter: (at: number) => axisTime(at, last - first),
          minTickGap: 60,
        }}
        yAxisProps={{
          width: 18 + 7 * Math.max(...ticks.map(({ label: text }) => text.length)),
          ticks: ticks.map(({ position }) => position),
          domain: [0, "dataMax"],
          interval: 0,
          tickFormatter: (position: number) => tickLabels.get(position) ?? "",
        }}
        tooltipAnimationDuration={0}
        tooltipProps={{ content: <Exact byTime={byTime} series={series} /> }}
      />
    </div>
  );
}

function seriesName({ source, meter }: StepSeries): string {
  return `${meter === "input" ? "Input" : "Output"}, ${source}`;
}

type ExactProps = Readonly<{
  byTime: ReadonlyMap<number, StepPoint>;
  series: readonly StepSeries[];
  /** The time under the pointer; the chart sets it. */
  label?: number;
}>;

function Exact({ byTime, series, label }: ExactProps) {
  const point = label === undefined ? undefined : byTime.get(label);
  if (point === undefined) return null;
  return (
    <Paper withBorder shadow="sm" p="xs">
      <Text size="xs" c="dimmed">
        from {exactInstant(new Date(point.at).toISOString())}
      </Text>
      {series.map((one) => (
        <Text key={one.key} size="sm" className="tabular">
          {seriesName(one)}: {point.labels[one.key] ?? "not known"} per 1M tokens
        </Text>
      ))}
    </Paper>
  );
}
