import type { SyncEvent } from "#/ui/live/sync-event.ts";
import type { Outputs } from "#/ui/trpc.tsx";

export type Timeline = Outputs["syncs"]["timeline"];
type Span = Timeline["lanes"][number]["spans"][number];
export type Phase = Span["phase"];

/** A bar on the axis. Places are percent of the axis; times are ms from its start. */
export type Bar = Readonly<{ phase: Phase; attempt: number; left: number; width: number; fromMs: number; ms: number }>;
export type Lane = Readonly<{
  source: string;
  outcome: Timeline["lanes"][number]["outcome"];
  bars: readonly Bar[];
  failures: Timeline["lanes"][number]["failures"];
}>;
export type AttemptBar = Readonly<{ attempt: number; left: number; width: number; ms: number }>;
export type Drawing = Readonly<{
  lanes: readonly Lane[];
  attempts: readonly AttemptBar[];
  ticks: readonly Readonly<{ left: number; seconds: number }>[];
}>;

/** What is drawn stays visible, however short it was. */
const LEAST_PERCENT = 0.4;
const LEAST_AXIS_MS = 100;
const MOST_TICKS = 6;
const TICK_SECONDS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600];

/** All lanes of a run on one axis. `now` is the present by the database's clock (ms), for what still goes on. */
export function drawTimeline(timeline: Timeline, events: readonly SyncEvent[], now: number): Drawing | undefined {
  if (timeline.startedAt === null) return undefined;
  const start = Date.parse(timeline.startedAt);
  const end = Math.max(start + LEAST_AXIS_MS, now);
  const place = (from: number, to: number) => placeOn({ start, end }, from, to);
  return {
    lanes: timeline.lanes.map(({ source, outcome, spans, failures }) => ({
      source,
      outcome,
      failures,
      bars: [...spans, ...(outcome === null ? liveSpans(events, { source, timeline, now }) : [])].map(
        ({ phase, attempt, from, to }) => ({ phase, attempt, fromMs: from - start, ms: to - from, ...place(from, to) }),
      ),
    })),
    attempts: timeline.attempts.map(({ attempt, startedAt, endedAt }) => {
      const from = Date.parse(startedAt);
      const to = endedAt === null ? now : Date.parse(endedAt);
      return { attempt, ms: Math.max(0, to - from), ...place(from, to) };
    }),
    ticks: ticksOf(end - start),
  };
}

function placeOn(axis: Readonly<{ start: number; end: number }>, from: number, to: number) {
  const percent = (ms: number) => (100 * ms) / (axis.end - axis.start);
  const width = Math.min(100, Math.max(LEAST_PERCENT, percent(to - from)));
  return { left: Math.max(0, Math.min(percent(from - axis.start), 100 - width)), width };
}

/** Round steps, few enough that their words fit a phone. */
function ticksOf(spanMs: number): Drawing["ticks"] {
  const seconds = spanMs / 1_000;
  const step = TICK_SECONDS.find((one) => seconds / one <= MOST_TICKS) ?? seconds;
  const count = Math.floor(seconds / step);
  return Array.from({ length: count + 1 }, (_, index) => ({
    left: (100 * index * step) / seconds,
    seconds: index * step,
  }));
}

const LIVE_PHASE = { waiting: "wait", fetching: "fetch", parsing: "parse", applying: "apply" } as const;

/** A source that is not done has no log yet: the phases that its present attempt's events tell of, the last one up to now. */
export function liveSpans(
  events: readonly SyncEvent[],
  { source, timeline, now }: Readonly<{ source: string; timeline: Timeline; now: number }>,
): Span[] {
  const running = timeline.attempts.find(({ endedAt }) => endedAt === null);
  if (running === undefined) return [];
  const { attempt } = running;
  const spans: Span[] = [{ phase: "wait", attempt, from: Date.parse(running.startedAt), to: now }];
  for (const { at, data } of events) {
    const phase = data.progress?.sources[source]?.phase;
    if (data.attempt !== attempt || phase === undefined) continue;
    const from = Date.parse(at);
    const last = spans.at(-1);
    if (last === undefined || (phase !== "done" && last.phase === LIVE_PHASE[phase])) continue;
    spans[spans.length - 1] = { ...last, to: from };
    if (phase === "done") return spans;
    spans.push({ phase: LIVE_PHASE[phase], attempt, from, to: now });
  }
  return spans.filter(({ from, to }) => to > from);
}

/** How much longer a run may take, by the last ones like it; undefined when none has ended. */
export function expectedWords(expected: Timeline["expected"], elapsedSeconds: number): string | undefined {
  if (expected === null) return undefined;
  const { runs, seconds } = expected;
  const like = runs === 1 ? "the last run like it" : `the last ${runs} runs like it`;
  const left = Math.ceil(seconds - elapsedSeconds);
  return left > 0
    ? `About ${spell(left)} left, going by ${like}.`
    : `It takes longer than usual: ${like} took ${spell(Math.ceil(seconds))}.`;
}

function spell(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
