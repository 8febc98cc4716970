import { chargeKey, displayCharge, sortCharges, type Charge } from "#/price/charge.ts";
import { usd } from "#/price/charge-words.ts";
import type { Decimal } from "#/price/decimal.ts";
import { readCharges } from "#/price/read-charges.ts";
import type { HeldPrice, OfferEntry, RateEntry } from "#/ui/model/price-answer.ts";
import { chargeName } from "#/ui/model/prices/source-table.model.ts";

type Counted = Pick<RateEntry, "effectiveAt" | "withdrawnAt" | "charges">;
type RatePiece = Counted & Pick<RateEntry, "cause" | "pinnedMeters" | "previousCharges">;
type OfferPiece = Counted & Pick<OfferEntry, "source">;
type Hold = Pick<HeldPrice, "observedAt" | "source" | "new">;

/** What the chart is made of. `now` is in ms since the epoch: the lines go on until then. */
export type ChartInput = Readonly<{
  rates: readonly RatePiece[];
  offers: readonly OfferPiece[];
  holds: readonly Hold[];
  now: number;
}>;

/** One line: the price in force, the part of it that was pinned, or sources that have always agreed. */
export type ChartLine = Readonly<{
  kind: "force" | "pin" | "source";
  label: string;
  /** USD per 1M tokens or per one unit, one for each of the chart's times; null while there was none. */
  amounts: readonly (Decimal | null)[];
}>;

export type ChartMark = Readonly<{
  at: number;
  kind: "sync" | "hold" | "approval" | "pin" | "revert";
  words: string;
  amount: Decimal | null;
}>;

/** `times` are ms since the epoch. Each instant stands there twice: for just before it and from it on, so lines are steps. */
export type StepChart = Readonly<{
  times: readonly number[];
  lines: readonly ChartLine[];
  marks: readonly ChartMark[];
  /** Amounts for the scale, from 0 on; `position` only places pixels. */
  ticks: readonly Readonly<{ position: number; label: string }>[];
}>;

export type ChartCharge = Readonly<{ value: string; label: string }>;

/** How a line is drawn: a variable of CSS with its colour, its width in pixels, and its dashes and gaps; none is a whole line. */
export type LineStroke = Readonly<{ variable: string; width: number; dash: readonly number[] }>;

/** Colours of the theme. A pin's is its own: no source is ever drawn in it. */
const SOURCE_COLORS = ["teal", "orange", "cyan", "pink", "lime", "red"] as const;
const DASHES = [[], [6, 3], [2, 3]] as const;
const STROKES = {
  pin: { variable: "--mantine-color-violet-5", width: 6, dash: [] },
  force: { variable: "--chart-force", width: 6, dash: [] },
} as const;

/** One stroke for each line. Up to 18 sources look different; those that follow begin again. */
export function lineStrokes(lines: readonly Pick<ChartLine, "kind">[]): LineStroke[] {
  let place = 0;
  return lines.map(({ kind }) => {
    if (kind !== "source") return STROKES[kind];
    const name = SOURCE_COLORS[place % SOURCE_COLORS.length] ?? "teal";
    const dash = DASHES[Math.floor(place / SOURCE_COLORS.length) % DASHES.length] ?? [];
    place += 1;
    return { variable: `--mantine-color-${name}-7`, width: 2, dash };
  });
}

/** The charges that a chart can show, in the order of a sheet. */
export function chartCharges({ rates, offers }: Pick<ChartInput, "rates" | "offers">): ChartCharge[] {
  const all = new Map<string, Charge>();
  for (const { charges } of [...rates, ...offers])
    for (const charge of readCharges(charges)) all.set(chargeKey(charge), charge);
  return sortCharges([...all.values()]).map((charge) => {
    const { name, condition, per } = chargeName(charge);
    const words = [name, condition].filter(Boolean).join(", ");
    return { value: chargeKey(charge), label: `${words}, $ per ${per ?? "1M tokens"}` };
  });
}

/** The steps of one charge (a key of `chargeKey`) over time. What was withdrawn, or is yet to come, has never counted. */
export function stepChart({ rates, offers, holds, now }: ChartInput, key: string): StepChart {
  const counted = rates.filter((entry) => hasCounted(entry, now));
  const said = offers.filter((entry) => hasCounted(entry, now));
  const instants = [...new Set([...counted, ...said].map(atOf))].toSorted((a, b) => a - b);
  if (instants.length === 0) return { times: [], lines: [], marks: [], ticks: [] };
  const times = [...instants.flatMap((at) => [at, at]).slice(1), now];
  const force = stepsOf(counted, key, instants);
  const pinned = stepsOf(
    counted.map((entry) => (isPinned(entry, key) ? entry : { ...entry, charges: [] })),
    key,
    instants,
  );
  const lines: ChartLine[] = [
    { kind: "force", label: "in force", amounts: force },
    { kind: "pin", label: "pinned", amounts: pinned },
    ...sourceLines(said, key, instants, times),
  ];
  const drawn = lines.filter(({ amounts }) => amounts.some((amount) => amount !== null));
  const marks = [...counted.flatMap((entry) => rateMark(entry, key)), ...holds.flatMap((hold) => holdMark(hold, key))];
  return {
    times,
    lines: drawn,
    marks: marks.filter(({ at }) => at >= (instants[0] ?? 0) && at <= now).map((mark) => atForce(mark, times, force)),
    ticks: chooseTicks(drawn.flatMap(({ amounts }) => amounts)),
  };
}

/** What every line says from the time at `index` on, in words. */
export function amountsAt({ lines }: StepChart, index: number): Readonly<{ label: string; text: string }>[] {
  const isPinnedThen = lines.some(({ kind, amounts }) => kind === "pin" && (amounts[index] ?? null) !== null);
  return lines.flatMap(({ kind, label, amounts }) => {
    const amount = amounts[index] ?? null;
    return amount === null || (kind === "force" && isPinnedThen) ? [] : [{ label, text: usd(amount) }];
  });
}

/** The lines by where they end, so that those that end at one amount share a label. */
export function lineEnds({
  lines,
}: StepChart): Readonly<{ amount: Decimal; labels: string[]; kind: ChartLine["kind"] }>[] {
  const ends = new Map<Decimal, { amount: Decimal; labels: string[]; kind: ChartLine["kind"] }>();
  const isPinnedNow = lines.some(({ kind, amounts }) => kind === "pin" && amounts.at(-1) !== null);
  for (const { kind, label, amounts } of lines) {
    const amount = amounts.at(-1) ?? null;
    if (amount === null || (kind === "force" && isPinnedNow)) continue;
    const end = ends.get(amount) ?? { amount, labels: [], kind };
    end.labels.push(label);
    ends.set(amount, end);
  }
  return [...ends.values()];
}

function atOf({ effectiveAt }: Counted): number {
  return Date.parse(effectiveAt);
}

function hasCounted(entry: Counted, now: number): boolean {
  return entry.withdrawnAt === null && atOf(entry) <= now;
}

function isPinned({ pinnedMeters }: RatePiece, key: string): boolean {
  const [meter] = key.split("/");
  return pinnedMeters.includes(null) || pinnedMeters.some((one) => one === meter);
}

function amountOf(charges: Counted["charges"], key: string): Decimal | null {
  const charge = readCharges(charges).find((one) => chargeKey(one) === key);
  return charge === undefined ? null : displayCharge(charge).amount;
}

/** An amount just before and from every instant on, from the first instant to now; `instants` are ascending. */
function stepsOf(entries: readonly Counted[], key: string, instants: readonly number[]): (Decimal | null)[] {
  const changes = new Map(entries.toReversed().map((entry) => [atOf(entry), amountOf(entry.charges, key)]));
  let current: Decimal | null = null;
  const steps = instants.flatMap((at) => {
    const before = current;
    current = changes.has(at) ? (changes.get(at) ?? null) : current;
    return [before, current];
  });
  return [...steps.slice(1), current];
}

function sourceLines(
  offers: readonly OfferPiece[],
  key: string,
  instants: readonly number[],
  times: readonly number[],
): ChartLine[] {
  const sources = [...new Set(offers.map(({ source }) => source))].toSorted();
  const groups: { sources: string[]; amounts: (Decimal | null)[] }[] = [];
  for (const source of sources) {
    const amounts = stepsOf(
      offers.filter((entry) => entry.source === source),
      key,
      instants,
    );
    if (amounts.every((amount) => amount === null)) continue;
    const group = groups.find((one) => haveAgreed(one.amounts, amounts, times));
    if (group === undefined) groups.push({ sources: [source], amounts });
    else {
      group.sources.push(source);
      group.amounts = group.amounts.map((amount, index) => amount ?? amounts[index] ?? null);
    }
  }
  return groups.map((group) => ({ kind: "source", label: group.sources.join(", "), amounts: group.amounts }));
}

/** A run reads its sources one after another; what they differ in for less than this is no disagreement. */
const ONE_RUN_MS = 15 * 60_000;

/** Whether two lines are one from where both have begun until now. */
function haveAgreed(a: readonly (Decimal | null)[], b: readonly (Decimal | null)[], times: readonly number[]): boolean {
  const begun = Math.max(
    a.findIndex((amount) => amount !== null),
    b.findIndex((amount) => amount !== null),
  );
  let apartSince: number | undefined;
  for (const [index, at] of times.entries()) {
    if (index < begun) continue;
    const isApart = a[index] !== b[index];
    if (apartSince !== undefined && at - apartSince > ONE_RUN_MS) return false;
    apartSince = isApart ? (apartSince ?? at) : undefined;
  }
  return apartSince === undefined;
}

const MARK_KIND = {
  sync: "sync",
  due: "sync",
  backfill: "sync",
  rank: "sync",
  spelling: "sync",
  delist: "sync",
  approve: "approval",
  revert: "revert",
  pin: "pin",
  unpin: "pin",
  expire: "pin",
} as const satisfies Record<RateEntry["cause"], ChartMark["kind"]>;

const MARK_WORDS = {
  sync: "Changed by a sync",
  due: "An announced price came into force",
  backfill: "Read from an archive",
  rank: "Changed by a new rank of the sources",
  spelling: "Changed by a spelling of the seller",
  delist: "Delisted",
  approve: "A held price was approved",
  revert: "Reverted",
  pin: "Pinned",
  unpin: "The pin was cleared",
  expire: "The pin expired",
} as const satisfies Record<RateEntry["cause"], string>;

function rateMark(entry: RatePiece, key: string): ChartMark[] {
  const amount = amountOf(entry.charges, key);
  if (amount === amountOf(entry.previousCharges ?? [], key)) return [];
  return [{ at: atOf(entry), kind: MARK_KIND[entry.cause], words: MARK_WORDS[entry.cause], amount }];
}

function holdMark({ observedAt, source, new: { charges } }: Hold, key: string): ChartMark[] {
  const amount = amountOf(charges, key);
  if (amount === null) return [];
  return [{ at: Date.parse(observedAt), kind: "hold", words: `Held: ${usd(amount)} from ${source}`, amount: null }];
}

/** A mark without an amount of its own stands on the price in force of its time. */
function atForce(mark: ChartMark, times: readonly number[], force: readonly (Decimal | null)[]): ChartMark {
  if (mark.amount !== null) return mark;
  const index = times.findLastIndex((at) => at <= mark.at);
  return { ...mark, amount: force[index] ?? null };
}

const LEAST_SHARE_APART = 0.14;

/** Ticks at amounts that really were, far enough apart to be read, and at 0. Floats only place pixels. */
function chooseTicks(amounts: readonly (Decimal | null)[]): StepChart["ticks"] {
  const known = new Map(amounts.flatMap((amount) => (amount === null ? [] : [[Number(amount), amount] as const])));
  const highestFirst = [...known].toSorted(([a], [b]) => b - a);
  const highest = highestFirst[0]?.[0] ?? 0;
  const chosen: { position: number; label: string }[] = [];
  for (const [position, amount] of highestFirst) {
    const above = chosen.at(-1)?.position ?? Infinity;
    const isApart = above - position >= highest * LEAST_SHARE_APART && position >= highest * LEAST_SHARE_APART;
    if (isApart) chosen.push({ position, label: usd(amount) });
  }
  return [{ position: 0, label: usd("0" as Decimal) }, ...chosen.toReversed()];
}
