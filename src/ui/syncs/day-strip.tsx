"use client";

import { useMounted } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import classes from "#/ui/syncs/day-strip.module.css";
import { useTRPC, type Inputs, type Outputs } from "#/ui/trpc.tsx";

type Day = Outputs["syncs"]["strip"]["days"][number];

const ENDS = ["failed", "partial", "cancelled", "success"] as const;
const HEIGHT_PX = 44;

/** How the runs of the last 30 days ended, a column a day, each a link to its runs. */
export function DayStrip({ filter }: { filter: Omit<NonNullable<Inputs["syncs"]["strip"]>, "days" | "timeZone"> }) {
  // The server does not know the reader's zone: its days are UTC's until the page works.
  const timeZone = useMounted() ? readerZone() : "UTC";
  const days = useQuery(
    useTRPC().syncs.strip.queryOptions({ ...filter, days: 30, timeZone }, { placeholderData: keepPreviousData }),
  );
  return (
    <Loaded query={days} failed="The days could not be read" height={HEIGHT_PX}>
      {(answer) => <Columns days={answer.days} />}
    </Loaded>
  );
}

function readerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function Columns({ days }: { days: readonly Day[] }) {
  const most = Math.max(1, ...days.map(runsOf));
  return (
    <figure className={classes["figure"]}>
      <figcaption className={classes["caption"]}>
        <span>Runs a day, the last {days.length} days</span>
        <span className="tabular">most: {most}</span>
      </figcaption>
      <ol className={classes["strip"]} aria-label="Runs a day, oldest first">
        {days.map((day) => (
          <li key={day.day} className={classes["day"]}>
            <Link
              href={`/syncs?from=${day.day}&to=${day.day}`}
              prefetch={false}
              className={classes["column"] ?? ""}
              aria-label={describeDay(day)}
              title={describeDay(day)}
            >
              {ENDS.map((end) => (
                <span
                  key={end}
                  className={classes["part"]}
                  data-end={end}
                  style={{ height: day[end] === 0 ? 0 : Math.max(3, Math.round((day[end] / most) * HEIGHT_PX)) }}
                />
              ))}
            </Link>
          </li>
        ))}
      </ol>
    </figure>
  );
}

function runsOf(day: Day): number {
  return ENDS.reduce((total, end) => total + day[end], 0);
}

function describeDay(day: Day): string {
  const parts = ENDS.filter((end) => day[end] > 0).map((end) => `${day[end]} ${end}`);
  return `${day.day}: ${parts.length === 0 ? "no runs" : `${countOf(runsOf(day), "run")}, ${parts.join(", ")}`}`;
}
