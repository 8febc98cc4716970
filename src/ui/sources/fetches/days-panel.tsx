"use client";

import { VisuallyHidden } from "@mantine/core";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import classes from "#/ui/sources/fetches/days-panel.module.css";
import { dayState, dayWords, type SourceDay } from "#/ui/sources/source-words.model.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

const DAYS_SHOWN = 30;

// A sign beside the colour, for who can't tell the colours apart.
const SIGNS = { none: "", good: "", mixed: "!", bad: "×" } as const;

const LEGEND = [
  { state: "good", isStale: false, words: "every sync read it" },
  { state: "mixed", isStale: false, words: "some syncs failed" },
  { state: "bad", isStale: false, words: "all syncs failed" },
  { state: "none", isStale: false, words: "no syncs" },
  { state: "none", isStale: true, words: "not fresh at the end of the day" },
] as const;

/** How the syncs of every source went on each of the last days, and whether it was fresh then. */
export function DaysPanel() {
  // The server does not know the reader's zone: its days are UTC's until the page works.
  const timeZone = useIsBrowser() ? new Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  const days = useQuery(
    useTRPC().sources.days.queryOptions({ days: DAYS_SHOWN, timeZone }, { placeholderData: keepPreviousData }),
  );
  return (
    <Panel title={`The last ${DAYS_SHOWN} days`}>
      <Loaded query={days} failed="The days could not be read" height={160}>
        {({ sources }) => (
          <DayMap rows={sources.filter((source) => source.days.some(({ isFresh }) => isFresh !== null))} />
        )}
      </Loaded>
    </Panel>
  );
}

function DayMap({ rows }: { rows: Outputs["sources"]["days"]["sources"] }) {
  if (rows.length === 0) return <EmptyNote title={`No sync has run in the last ${DAYS_SHOWN} days`} />;
  return (
    <>
      <ul className={classes["rows"]}>
        {rows.map(({ source, days }) => (
          <li key={source} className={classes["row"]}>
            <span>{source}</span>
            <ol className={classes["days"]} aria-label={`${source}, day by day, oldest first`}>
              {days.map((day, index) => (
                <Day key={day.day} day={day} isToday={index === days.length - 1} />
              ))}
            </ol>
          </li>
        ))}
      </ul>
      <div className={classes["legend"]} aria-hidden>
        {LEGEND.map(({ state, isStale, words }) => (
          <span key={words}>
            <span className={classes["day"]} data-state={state} data-stale={isStale || undefined}>
              {SIGNS[state]}
            </span>
            {words}
          </span>
        ))}
      </div>
    </>
  );
}

function Day({ day, isToday }: { day: SourceDay; isToday: boolean }) {
  const state = dayState(day);
  const words = dayWords(day, isToday);
  return (
    <li className={classes["day"]} data-state={state} data-stale={day.isFresh === false || undefined} title={words}>
      <span aria-hidden>{SIGNS[state]}</span>
      <VisuallyHidden>{words}</VisuallyHidden>
    </li>
  );
}
