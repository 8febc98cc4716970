"use client";

import { useMantineColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import classes from "#/ui/model/chart/price-chart.module.css";
import { lineEnds, lineStrokes, type LineStroke, type StepChart } from "#/ui/model/chart/step-chart.model.ts";
import { axisTime } from "#/ui/time/time.model.ts";

type Props = Readonly<{
  chart: StepChart;
  /** Names the picture for a screen reader. */
  label: string;
  height: number;
  /** The place in the chart's times under the pointer; undefined when there is none. */
  onPoint: (index: number | undefined) => void;
}>;

/** The prices of one charge as steps over time. The table beside it says the same in words. */
export function PriceChart({ chart, label, height, onPoint }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  const data = useMemo(() => dataOf(chart), [chart]);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const plot = new uPlot(optionsOf(chart, element, height, onPoint), data, element);
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
    // Colours are read when it is drawn, so another scheme draws it again.
  }, [chart, data, height, onPoint, colorScheme]);
  return <div ref={host} role="img" aria-label={label} className={classes["chart"]} style={{ height }} />;
}

// Floats, and only ever places of pixels.
function dataOf({ times, lines }: StepChart): uPlot.AlignedData {
  return [
    times.map((at) => at / 1_000),
    ...lines.map(({ amounts }) => amounts.map((amount) => (amount === null ? null : Number(amount)))),
  ];
}

function optionsOf(chart: StepChart, host: HTMLElement, height: number, onPoint: Props["onPoint"]): uPlot.Options {
  const color = (name: string) => getComputedStyle(host).getPropertyValue(name).trim();
  const { times, lines, ticks } = chart;
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const axis = {
    stroke: color("--mantine-color-dimmed"),
    grid: { stroke: color("--hairline"), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(host).fontFamily}`,
  };
  const widest = Math.max(...ticks.map(({ label }) => label.length));
  return {
    width: host.clientWidth,
    height,
    padding: [12, Math.min(230, host.clientWidth / 4), 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: () => [first / 1_000, Math.max(last, first + 1_000) / 1_000] },
      y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 90,
        values: (_plot, at) => at.map((s) => axisTime(s * 1_000, last - first)),
      },
      {
        ...axis,
        size: 14 + 7 * widest,
        splits: () => ticks.map(({ position }) => position),
        values: () => ticks.map(({ label }) => label),
      },
    ],
    series: [{}, ...lineStrokes(lines).map((stroke) => seriesOf(stroke, color))],
    hooks: {
      draw: [(plot) => placeWords(plot, chart)],
      setCursor: [({ cursor: { idx } }) => onPoint(idx ?? undefined)],
    },
  };
}

function seriesOf(stroke: LineStroke, color: (name: string) => string): uPlot.Series {
  const { variable, width, dash } = stroke;
  return { stroke: color(variable), width, dash: [...dash], points: { show: false } };
}

const MARK_SIGNS = { sync: "●", hold: "▲", approval: "✓", pin: "◆", revert: "↺" } as const;
const LEAST_LABEL_GAP_PX = 29;

/** The names of the lines at their ends, and the marks: as elements, so that they follow the page's colours. */
function placeWords(plot: uPlot, chart: StepChart): void {
  plot.over.replaceChildren();
  let lowest = -Infinity;
  const ends = lineEnds(chart).map((end) => ({ ...end, top: plot.valToPos(Number(end.amount), "y") }));
  for (const { labels, kind, top } of ends.toSorted((a, b) => a.top - b.top)) {
    lowest = Math.max(top, lowest + LEAST_LABEL_GAP_PX);
    const word = document.createElement("span");
    word.className = classes["end"] ?? "";
    word.textContent = labels.join(", ");
    word.title = labels.join(", ");
    word.dataset["kind"] = kind;
    word.style.top = `${lowest}px`;
    plot.over.append(word);
  }
  for (const { at, kind, words, amount } of chart.marks) {
    if (amount === null) continue;
    const mark = document.createElement("span");
    mark.className = classes["mark"] ?? "";
    mark.textContent = MARK_SIGNS[kind];
    mark.title = words;
    mark.dataset["kind"] = kind;
    mark.style.left = `${plot.valToPos(at / 1_000, "x")}px`;
    mark.style.top = `${plot.valToPos(Number(amount), "y")}px`;
    plot.over.append(mark);
  }
}
