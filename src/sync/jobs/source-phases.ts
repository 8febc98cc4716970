import type { SourceOutcome } from "#/terms/source-outcome.ts";

export const TIMELINE_PHASES = ["wait", "fetch", "parse", "apply", "tried"] as const;
export type TimelinePhase = (typeof TIMELINE_PHASES)[number];

/** A part of a source's time in a run. Instants are ms since the epoch; `tried` is an attempt that a later one took the place of. */
export type PhaseSpan = Readonly<{ phase: TimelinePhase; attempt: number; from: number; to: number }>;

/** What is stored of one source's part in a run. Instants are ms since the epoch. */
export type SourceTimes = Readonly<{
  attempt: number;
  /** From when on it waited for its turn: its attempt's start, or the end of the attempt before. */
  waitsFrom: number;
  startedAt: number;
  completedAt: number;
  fetchMs: number | null;
  parseMs: number | null;
  applyMs: number | null;
  outcome: SourceOutcome;
  errorCode: string | null;
  httpStatus: number | null;
  payloadDigest: string | null;
}>;

/**
 * A source's phases, from what is stored: it waits for its turn, is fetched from its start on, parsed at once after that, and applied
 * up to its end. What is left between parsing and applying is a wait for the source's own transaction. A fetch that failed took all
 * of its time; a step that reads nothing (a revert, announced prices) is applied all the time.
 */
export function sourcePhases(times: SourceTimes): PhaseSpan[] {
  const { attempt, waitsFrom, startedAt, completedAt } = times;
  const fetched = startedAt + fetchTime(times);
  const parsed = Math.min(completedAt, fetched + (times.parseMs ?? 0));
  const applied = Math.max(parsed, completedAt - applyTime(times));
  const spans: PhaseSpan[] = [
    { phase: "wait", attempt, from: waitsFrom, to: startedAt },
    { phase: "fetch", attempt, from: startedAt, to: fetched },
    { phase: "parse", attempt, from: fetched, to: parsed },
    { phase: "wait", attempt, from: parsed, to: applied },
    { phase: "apply", attempt, from: applied, to: completedAt },
  ];
  return spans.filter(({ from, to }) => to > from);
}

function fetchTime(times: SourceTimes): number {
  const all = Math.max(0, times.completedAt - times.startedAt);
  return isFailedFetch(times) ? all : Math.min(all, times.fetchMs ?? 0);
}

/** A source that had asked us to come back later was not asked at all. */
function isFailedFetch({ outcome, fetchMs, parseMs, payloadDigest, errorCode, httpStatus }: SourceTimes): boolean {
  const isKeptAway = errorCode === "rate_limited" && httpStatus === null;
  return outcome === "failed" && !isKeptAway && fetchMs === null && parseMs === null && payloadDigest === null;
}

function applyTime({ outcome, fetchMs, parseMs, applyMs, startedAt, completedAt }: SourceTimes): number {
  if (applyMs !== null) return applyMs;
  return outcome === "applied" && fetchMs === null && parseMs === null ? completedAt - startedAt : 0;
}
