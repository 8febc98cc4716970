"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { COLUMNS_HEIGHT_PX, DayColumns, sumOf, type DayColumn } from "#/ui/chart/day-columns.tsx";
import { useReaderZone } from "#/ui/chart/use-reader-zone.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { useTRPC, type Inputs, type Outputs } from "#/ui/trpc.tsx";

type Day = Outputs["syncs"]["strip"]["days"][number];

const ENDS = [
  { end: "failed", tone: "bad" },
  { end: "partial", tone: "warn" },
  { end: "cancelled", tone: "quiet" },
  { end: "success", tone: "good" },
] as const;

/** How the runs of the last 30 days ended, a column a day, each a link to its runs. */
export function DayStrip({ filter }: { filter: Omit<NonNullable<Inputs["syncs"]["strip"]>, "days" | "timeZone"> }) {
  const timeZone = useReaderZone();
  const days = useQuery(
    useTRPC().syncs.strip.queryOptions({ ...filter, days: 30, timeZone }, { placeholderData: keepPreviousData }),
  );
  return (
    <Loaded query={days} failed="The days could not be read" height={COLUMNS_HEIGHT_PX}>
      {(answer) => {
        const columns = answer.days.map(columnOf);
        return (
          <DayColumns
            caption={`Runs a day, the last ${columns.length} days`}
            aside={`most: ${Math.max(0, ...columns.map(sumOf))}`}
            label="Runs a day, oldest first"
            days={columns}
          />
        );
      }}
    </Loaded>
  );
}

function columnOf(day: Day): DayColumn {
  const parts = ENDS.map(({ end, tone }) => ({ tone, count: day[end] }));
  const words = ENDS.filter(({ end }) => day[end] > 0).map(({ end }) => `${day[end]} ${end}`);
  const runs = countOf(sumOf({ parts }), "run");
  return {
    day: day.day,
    parts,
    words: `${day.day}: ${words.length === 0 ? "no runs" : `${runs}, ${words.join(", ")}`}`,
    href: `/syncs?from=${day.day}&to=${day.day}`,
  };
}
