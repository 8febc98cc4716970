import {
  foldRates,
  type Listing,
  type ListingStep,
  type Micros,
  type PinSpan,
  type RankOrder,
  type RateFacts,
  type RateSegment,
} from "#/price/fold-rates.ts";
import { planRates } from "#/price/plan-rates.ts";

/** A step of a source's history with when the book came to know it, and when the source took it back. */
export type KnownStep = ListingStep &
  Readonly<{ known: Micros; withdrawn: Micros | null; cause: "sync" | "backfill" | "approve" | "revert" | "delist" }>;

/** A pin with when it was to end by itself, and when somebody ended it. */
export type KnownPin = Omit<PinSpan, "to"> & Readonly<{ expires: Micros | null; cleared: Micros | null }>;

export type KnownFacts = Readonly<{
  listings: readonly Readonly<{ precedence: number; steps: readonly KnownStep[] }>[];
  pins: readonly KnownPin[];
}>;

/** A row of a rate's timeline with the instants at which the book came to say it, and to know better. */
export type ReplayedRate = RateSegment &
  Readonly<{
    to: Micros | null;
    knownFrom: Micros;
    knownTo: Micros | null;
    cause: string;
    isNews: boolean;
    /** The index, in the answer, of the row whose place it took. */
    replaces: number | null;
  }>;

type Event = Readonly<{ at: Micros; since: Micros; cause: string }>;
type Row = { -readonly [Field in keyof ReplayedRate]: ReplayedRate[Field] };

/** The instants up to `now` at which the book came to know something of a rate, or at which the day of something came. */
export function listEvents({ listings, pins }: KnownFacts, now: Micros): Event[] {
  const events: Event[] = [];
  for (const { steps } of listings)
    for (const { from, known, withdrawn, cause } of steps) {
      events.push({ at: known, since: from, cause });
      if (withdrawn !== null) events.push({ at: withdrawn, since: from, cause: "sync" });
      if (from > known && (withdrawn === null || withdrawn > from))
        events.push({ at: from, since: from, cause: "due" });
    }
  for (const { from, expires, cleared } of pins) {
    events.push({ at: from, since: from, cause: "pin" });
    const isOver = expires !== null && (cleared === null || expires <= cleared);
    if (isOver) events.push({ at: expires, since: expires, cause: "expire" });
    else if (cleared !== null) events.push({ at: cleared, since: cleared, cause: "unpin" });
  }
  return events.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at);
}

/** The rows that the book would have written, had it kept rates from the beginning. Sources count in one order throughout. */
export function replayRates(facts: KnownFacts, order: RankOrder, now: Micros): ReplayedRate[] {
  const rows: Row[] = [];
  const alive = new Set<number>();
  const groups = Map.groupBy(listEvents(facts, now), ({ at }) => at);
  for (const [at, events] of groups) {
    const since = Math.min(...events.map((event) => event.since));
    const cause = events[0]?.cause ?? "sync";
    applyEvent(rows, alive, { segments: foldRates(factsAt(facts, at), [order], since), since, at, cause });
  }
  return rows;
}

type Applied = Readonly<{ segments: RateSegment[]; since: Micros; at: Micros; cause: string }>;

function applyEvent(rows: Row[], alive: Set<number>, { segments, since, at, cause }: Applied): void {
  const standing = [...alive]
    .flatMap((index) => {
      const row = rows[index];
      return row === undefined ? [] : [{ ...row, id: String(index) }];
    })
    .toSorted((a, b) => a.from - b.from);
  const { inserts, copies, supersedes, closes } = planRates(standing, segments, { since, now: at });
  for (const { id, to } of closes) setRow(rows, Number(id), { to });
  for (const id of supersedes) {
    setRow(rows, Number(id), { knownTo: at });
    alive.delete(Number(id));
  }
  const add = (row: Omit<Row, "knownFrom" | "knownTo">) =>
    alive.add(rows.push({ ...row, knownFrom: at, knownTo: null }) - 1);
  for (const { id, to, isNews, replaces } of copies) {
    const row = rows[Number(id)];
    if (row !== undefined) add({ ...row, to, isNews, replaces: indexOf(replaces) });
  }
  for (const { replaces, ...row } of inserts)
    add({ ...row, cause: row.from > at ? "due" : cause, replaces: indexOf(replaces) });
}

function setRow(rows: Row[], index: number, change: Partial<Row>): void {
  const row = rows[index];
  if (row !== undefined) Object.assign(row, change);
}

function indexOf(id: string | null): number | null {
  return id === null ? null : Number(id);
}

function factsAt({ listings, pins }: KnownFacts, at: Micros): RateFacts {
  return {
    listings: listings.flatMap(({ precedence, steps }): Listing[] => {
      const known = steps.filter((step) => step.known <= at && (step.withdrawn === null || step.withdrawn > at));
      return known.length === 0 ? [] : [{ precedence, steps: known }];
    }),
    pins: pins
      .filter(({ from }) => from <= at)
      .map(({ expires, cleared, ...pin }) => ({
        ...pin,
        to: endOf(expires, cleared !== null && cleared <= at ? cleared : null),
      })),
  };
}

function endOf(a: Micros | null, b: Micros | null): Micros | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
