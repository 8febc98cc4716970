"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { COLUMNS_HEIGHT_PX, DayColumns, type DayColumn } from "#/ui/chart/day-columns.tsx";
import { useReaderZone } from "#/ui/chart/use-reader-zone.ts";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Day = Outputs["prices"]["changesPerDay"]["days"][number];

/** How many prices in force changed and went in the last 30 days, a column a day. New ones are told in words: a first import has thousands. */
export function ChangeStrip() {
  const timeZone = useReaderZone();
  const days = useQuery(
    useTRPC().prices.changesPerDay.queryOptions({ days: 30, timeZone }, { placeholderData: keepPreviousData }),
  );
  return (
    <Loaded query={days} failed="The changes of each day could not be read" height={COLUMNS_HEIGHT_PX}>
      {(answer) => (
        <DayColumns
          caption={`Price changes a day, the last ${answer.days.length} days`}
          aside={`today: ${count(answer.days.at(-1)?.changed ?? 0)}`}
          label="Price changes a day, oldest first"
          days={answer.days.map((day) => columnOf(day, timeZone))}
        />
      )}
    </Loaded>
  );
}

function columnOf({ day, first, changed, gone }: Day, timeZone: string): DayColumn {
  const words = [
    countOf(changed, "price changed", "prices changed"),
    ...(first > 0 ? [`${count(first)} new`] : []),
    ...(gone > 0 ? [`${count(gone)} no longer listed`] : []),
  ];
  const { from, to } = boundsOf(day, timeZone);
  const minute = (instant: Date) => instant.toISOString().slice(0, 16);
  return {
    day,
    parts: [
      { tone: "quiet", count: gone },
      { tone: "plain", count: changed },
    ],
    words: `${day}: ${words.join(", ")}`,
    href: `/changes?from=${minute(from)}&to=${minute(to)}`,
  };
}

/** A day's first instant and the next day's. A day is not always 24 hours long. The zone is the browser's own, or UTC before the page works. */
function boundsOf(day: string, timeZone: string): Readonly<{ from: Date; to: Date }> {
  const from = new Date(timeZone === "UTC" ? `${day}T00:00Z` : `${day}T00:00`);
  const to = new Date(from);
  if (timeZone === "UTC") to.setUTCDate(to.getUTCDate() + 1);
  else to.setDate(to.getDate() + 1);
  return { from, to };
}
