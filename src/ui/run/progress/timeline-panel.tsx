"use client";

import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isEnded } from "#/terms/job-status.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { PhaseWords } from "#/ui/run/progress/phase-words.tsx";
import { OutcomeBadge } from "#/ui/run/run-badge.tsx";
import type { SyncDetail } from "#/ui/run/run-counts.model.ts";
import classes from "#/ui/run/progress/timeline.module.css";
import { drawTimeline, type Drawing, type Lane, type Phase, type Timeline } from "#/ui/run/progress/timeline.model.ts";
import { useNow } from "#/ui/time/now.tsx";
import { describeDuration } from "#/ui/time/time.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const PHASE_WORDS = {
  wait: "Wait",
  fetch: "Fetch",
  parse: "Parse",
  apply: "Apply",
  tried: "Earlier attempt that failed",
} as const satisfies Record<Phase, string>;

const LANE_PX = 30;

type Props = Readonly<{ sync: SyncDetail; events: readonly SyncEvent[] }>;

/** A lane for each source of a run: where its time went, and what went wrong in words. */
export function TimelinePanel({ sync, events }: Props) {
  const timeline = useQuery(useTRPC().syncs.timeline.queryOptions({ jobId: sync.jobId }));
  const lanes = Object.keys(sync.progress?.sources ?? {}).length;
  return (
    <Panel title="Timeline">
      <Loaded query={timeline} failed="The timeline could not be read" height={60 + LANE_PX * lanes}>
        {(answer) => <Lanes sync={sync} events={events} timeline={answer} asOf={timeline.dataUpdatedAt} />}
      </Loaded>
    </Panel>
  );
}

function Lanes({ sync, events, timeline, asOf }: Props & Readonly<{ timeline: Timeline; asOf: number }>) {
  const sinceAnswer = Math.max(0, useNow() - asOf);
  const now = Date.parse(timeline.until) + (isEnded(sync.status) ? 0 : sinceAnswer);
  const drawing = drawTimeline(timeline, events, now);
  if (drawing === undefined) return <WaitingWords sync={sync} />;
  if (drawing.lanes.length === 0) return "No source was read: this run ended before it came to any.";
  return (
    <figure className={classes["figure"]}>
      <Legend drawing={drawing} />
      <LanesTable drawing={drawing} />
      {drawing.attempts.length > 1 && (
        <Row name="Attempts">
          {drawing.attempts.map(({ attempt, left, width, ms }) => (
            <span
              key={attempt}
              className={classes["bar"]}
              data-phase="attempt"
              style={{ left: `${left}%`, width: `${width}%` }}
              title={`Attempt ${attempt}: ${describeDuration(ms / 1_000)}`}
            >
              {attempt}
            </span>
          ))}
        </Row>
      )}
      {drawing.lanes.map((lane) => (
        <LaneRow
          key={lane.source}
          lane={lane}
          progress={sync.progress?.sources[lane.source]}
          isOneOfMany={drawing.attempts.length > 1}
        />
      ))}
      <Axis ticks={drawing.ticks} />
    </figure>
  );
}

function WaitingWords({ sync }: { sync: SyncDetail }) {
  if (isEnded(sync.status)) return "It ended before it started.";
  return "It waits for its turn: syncs run one at a time, in the order of the queue.";
}

function Legend({ drawing }: { drawing: Drawing }) {
  const used = new Set(drawing.lanes.flatMap(({ bars }) => bars.map(({ phase }) => phase)));
  const phases = (Object.keys(PHASE_WORDS) as Phase[]).filter((phase) => phase !== "tried" || used.has(phase));
  return (
    <ul className={classes["legend"]} aria-label="Legend">
      {phases.map((phase) => (
        <li key={phase}>
          <span className={classes["swatch"]} aria-hidden>
            <span className={classes["bar"]} data-phase={phase} style={{ left: 0, right: 0 }} />
          </span>
          {PHASE_WORDS[phase]}
        </li>
      ))}
    </ul>
  );
}

type LaneProps = Readonly<{ lane: Lane; progress: LaneProgress; isOneOfMany: boolean }>;

/** `isOneOfMany`: the run had more than one attempt, so that a failure has to say of which it is. */
function LaneRow({ lane, progress, isOneOfMany }: LaneProps) {
  return (
    <Row
      name={lane.source}
      aside={<LaneState lane={lane} progress={progress} />}
      below={lane.failures.map(({ attempt, message }) => (
        <div key={attempt} className={`${classes["failure"] ?? ""} bad-news`}>
          {isOneOfMany ? `Attempt ${attempt}: ${message}` : message}
        </div>
      ))}
    >
      {lane.bars.map(({ phase, attempt, left, width, fromMs, ms }) => (
        <span
          key={`${phase} ${fromMs}`}
          className={classes["bar"]}
          data-phase={phase}
          style={{ left: `${left}%`, width: `${width}%` }}
          title={`${PHASE_WORDS[phase]}${attempt > 1 ? `, attempt ${attempt}` : ""}: ${describeDuration(ms / 1_000)}`}
        />
      ))}
    </Row>
  );
}

type LaneProgress = NonNullable<SyncDetail["progress"]>["sources"][string] | undefined;

function LaneState({ lane: { outcome }, progress }: { lane: Lane; progress: LaneProgress }) {
  if (progress !== undefined) return <PhaseWords progress={progress} />;
  return outcome === null ? null : <OutcomeBadge outcome={outcome} />;
}

type RowProps = Readonly<{ name: string; aside?: ReactNode; below?: ReactNode; children: ReactNode }>;

function Row({ name, aside, below, children }: RowProps) {
  return (
    <div className={classes["lane"]}>
      <div className={classes["name"]}>
        <span>{name}</span>
        {aside}
      </div>
      <div className={classes["track"]} aria-hidden>
        {children}
      </div>
      {below}
    </div>
  );
}

function Axis({ ticks }: Pick<Drawing, "ticks">) {
  return (
    <div className={classes["lane"]} aria-hidden>
      <span className={classes["beside"]} />
      <div className={classes["axis"]}>
        {ticks.map(({ left, seconds }) => (
          <span
            key={seconds}
            className={classes["tick"]}
            data-edge={left < 4 ? "start" : left > 96 ? "end" : undefined}
            style={{ left: `${left}%` }}
          >
            {seconds === 0 ? "0 s" : describeDuration(seconds)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The same for whoever does not see bars. */
function LanesTable({ drawing }: { drawing: Drawing }) {
  return (
    <VisuallyHidden>
      <table>
        <caption>Where the time of each source went</caption>
        <thead>
          <tr>
            {["Source", "Phase", "Attempt", "Begins after", "Takes"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {drawing.lanes.flatMap(({ source, bars }) =>
            bars.map(({ phase, attempt, fromMs, ms }) => (
              <tr key={`${source} ${phase} ${fromMs}`}>
                <th scope="row">{source}</th>
                <td>{PHASE_WORDS[phase]}</td>
                <td>{attempt}</td>
                <td>{describeDuration(fromMs / 1_000)}</td>
                <td>{describeDuration(ms / 1_000)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </VisuallyHidden>
  );
}
