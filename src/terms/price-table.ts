import { UNITS, type Unit } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

/** By their places in a packed row: append, never reorder. */
const STATES = ["priced", "free", "unknown", "varies"] as const satisfies readonly OfferState[];

/** What a row may be marked with. The place of a word is its bit in a packed row: append, never reorder. */
export const PRICE_FLAGS = ["pinned", "held", "stale", "missing", "delisted", "sunset", "unpriced"] as const;
export type PriceFlag = (typeof PRICE_FLAGS)[number];

/** What a price has beside its three columns, by bits as above. `tiers` and `windows` may be of any meter. */
export const PRICE_EXTRAS = ["tiers", "windows", "meters"] as const;
export type PriceExtra = (typeof PRICE_EXTRAS)[number];

/** USD per one unit, an exact decimal. */
export type ColumnCharge = Readonly<{ amount: string; unit: Unit }>;

export type PriceKey = Readonly<{ seller: string; model: string; variant: string }>;

/** One rate as a table shows it. */
export type PriceRow = PriceKey &
  Readonly<{
    state: OfferState;
    /** Without tier and window; null where the rate has none. */
    input: ColumnCharge | null;
    output: ColumnCharge | null;
    cacheRead: ColumnCharge | null;
    extras: readonly PriceExtra[];
    /** The sources that have an entry for it, in the order of rank: what the filter by source asks. */
    sources: readonly string[];
    /** Those of which the price in force was taken; empty for a price that is pinned as a whole, or that nobody lists. */
    from: readonly string[];
    /**
     * How far apart the priced entries are in input, output or cache reads per token: the highest over the lowest, rounded to
     * 4 places. Null where they agree; `zero` where one of them asks nothing for what another one charges for.
     */
    apart: string | null;
    /** Milliseconds since 1970; null when it has always been so. */
    validFromMs: number | null;
    flags: readonly PriceFlag[];
    contextTokens: number | null;
    mode: string | null;
    /** An ISO 8601 day, in UTC. */
    sunsetOn: string | null;
  }>;

/** Words that many rows share; rows name them by their place. */
export type PriceWords = Readonly<{ sellers: readonly string[]; sources: readonly string[]; modes: readonly string[] }>;

/** An amount per token as its text, one per another unit with the unit's place among `UNITS`; 0 when there is none. */
type PackedCharge = string | readonly [amount: string, unit: number] | 0;

/** A row as it is sent, in this order. Rows come in the order of models, so that a compressor finds what they share. */
export type PackedPriceRow = readonly [
  model: string,
  seller: number,
  /** 0 for `default`. */
  variant: string | 0,
  state: number,
  input: PackedCharge,
  output: PackedCharge,
  cacheRead: PackedCharge,
  extras: number,
  sources: readonly number[],
  /** 0 when it is the first of `sources` alone. */
  from: readonly number[] | 0,
  apart: string | 0,
  validFromMs: number | null,
  flags: number,
  /** 0 when nobody says. */
  contextTokens: number,
  /** One more than the place of the word; 0 when nobody says. */
  mode: number,
  sunsetOn: string | 0,
];

/** A row that carries flags which are of no version of the book, and a key that has no rate any more. */
export type PackedPriceFlags = readonly [model: string, seller: number, variant: string | 0, flags: number];
export type PackedPriceKey = readonly [model: string, seller: number, variant: string | 0];

/** All present rates; or, with `isWhole` false, what may be another since the version that was asked for. */
export type PriceTable = PriceWords &
  Readonly<{
    /** The version of the book. */
    version: string;
    /** ISO 8601: what was observed before this instant, and is ever applied, is in the answer. */
    at: string;
    isWhole: boolean;
    rows: readonly PackedPriceRow[];
    /** Keys that have no rate any more. Empty in a whole table. */
    removed: readonly PackedPriceKey[];
    /** Every rate with a flag out of `LOOSE_FLAGS`, with those of them that it has. Empty in a whole table. */
    flags: readonly PackedPriceFlags[];
  }>;

/** Flags that come and go without a new version of the book. */
export const LOOSE_FLAGS = ["held", "stale", "missing", "sunset"] as const satisfies readonly PriceFlag[];

/** One text for one rate. No id carries a line feed. */
export function priceKeyText({ seller, model, variant }: PriceKey): string {
  return `${seller}\n${model}\n${variant}`;
}

/** The inverse of `readRow`. Throws when a word is not among the given ones. */
export function packRow(row: PriceRow, words: PlacesOf): PackedPriceRow {
  const sources = row.sources.map((name) => placeOf(words.sources, name));
  const from = row.from.map((name) => placeOf(words.sources, name));
  const isFirst = from.length === 1 && from[0] === sources[0];
  return [
    row.model,
    placeOf(words.sellers, row.seller),
    row.variant === "default" ? 0 : row.variant,
    STATES.indexOf(row.state),
    packCharge(row.input),
    packCharge(row.output),
    packCharge(row.cacheRead),
    packBits(PRICE_EXTRAS, row.extras),
    sources,
    isFirst ? 0 : from,
    row.apart ?? 0,
    row.validFromMs,
    packBits(PRICE_FLAGS, row.flags),
    row.contextTokens ?? 0,
    row.mode === null ? 0 : placeOf(words.modes, row.mode) + 1,
    row.sunsetOn ?? 0,
  ];
}

/** Reads one row of a table. Throws for one that names words the table does not have. */
export function readRow(packed: PackedPriceRow, words: PriceWords): PriceRow {
  const [model, seller, variant, state, input, output, cacheRead, extras, sources, from, apart, ...rest] = packed;
  const [validFromMs, flags, contextTokens, mode, sunsetOn] = rest;
  const listed = sources.map((place) => wordAt(words.sources, place));
  return {
    ...readKey([model, seller, variant], words),
    state: wordAt(STATES, state),
    input: readCharge(input),
    output: readCharge(output),
    cacheRead: readCharge(cacheRead),
    extras: readBits(PRICE_EXTRAS, extras),
    sources: listed,
    from: from === 0 ? listed.slice(0, 1) : from.map((place) => wordAt(words.sources, place)),
    apart: apart === 0 ? null : apart,
    validFromMs,
    flags: readBits(PRICE_FLAGS, flags),
    contextTokens: contextTokens === 0 ? null : contextTokens,
    mode: mode === 0 ? null : wordAt(words.modes, mode - 1),
    sunsetOn: sunsetOn === 0 ? null : sunsetOn,
  };
}

/**
 * The rows by `priceKeyText` after an answer: those of a whole table alone, else the known ones with what has changed. Rows
 * that stay the same stay the same objects. A whole table's rows stand in the order of pages; new ones come last.
 */
export function mergeTable(known: ReadonlyMap<string, PriceRow>, table: PriceTable): Map<string, PriceRow> {
  const rows = table.rows.map((packed) => readRow(packed, table));
  if (table.isWhole) return new Map(rows.map((row) => [priceKeyText(row), row]));
  const merged = new Map(known);
  for (const key of table.removed) merged.delete(priceKeyText(readKey(key, table)));
  for (const row of rows) merged.set(priceKeyText(row), row);
  const loose = new Map(
    table.flags.map(([model, seller, variant, bits]) => [
      priceKeyText(readKey([model, seller, variant], table)),
      readBits(PRICE_FLAGS, bits),
    ]),
  );
  for (const [key, row] of merged) {
    const flags = withLoose(row.flags, loose.get(key) ?? []);
    if (flags !== row.flags) merged.set(key, { ...row, flags });
  }
  return merged;
}

/** The given list itself when nothing is another. */
function withLoose(flags: readonly PriceFlag[], loose: readonly PriceFlag[]): readonly PriceFlag[] {
  const isLoose = (flag: PriceFlag) => LOOSE_FLAGS.some((one) => one === flag);
  const next = PRICE_FLAGS.filter((flag) => (isLoose(flag) ? loose.includes(flag) : flags.includes(flag)));
  return packBits(PRICE_FLAGS, next) === packBits(PRICE_FLAGS, flags) ? flags : next;
}

/** The places of words, to pack many rows with. */
export type PlacesOf = Readonly<Record<keyof PriceWords, ReadonlyMap<string, number>>>;

export function placesOf({ sellers, sources, modes }: PriceWords): PlacesOf {
  const places = (words: readonly string[]) => new Map(words.map((word, place) => [word, place]));
  return { sellers: places(sellers), sources: places(sources), modes: places(modes) };
}

export function packKey({ model, seller, variant }: PriceKey, words: PlacesOf): PackedPriceKey {
  return [model, placeOf(words.sellers, seller), variant === "default" ? 0 : variant];
}

/** Flags as bits, as `PackedPriceFlags` carries them. */
export function packFlags(flags: readonly PriceFlag[]): number {
  return packBits(PRICE_FLAGS, flags);
}

function readKey([model, seller, variant]: PackedPriceKey, words: Pick<PriceWords, "sellers">): PriceKey {
  return { seller: wordAt(words.sellers, seller), model, variant: variant === 0 ? "default" : variant };
}

function packCharge(charge: ColumnCharge | null): PackedCharge {
  if (charge === null) return 0;
  return charge.unit === "token" ? charge.amount : [charge.amount, UNITS.indexOf(charge.unit)];
}

function readCharge(packed: PackedCharge): ColumnCharge | null {
  if (packed === 0) return null;
  if (typeof packed === "string") return { amount: packed, unit: "token" };
  return { amount: packed[0], unit: wordAt(UNITS, packed[1]) };
}

function packBits<Word>(words: readonly Word[], set: readonly Word[]): number {
  return words.reduce((bits, word, place) => (set.includes(word) ? bits | (1 << place) : bits), 0);
}

function readBits<Word>(words: readonly Word[], bits: number): Word[] {
  return words.filter((_word, place) => (bits & (1 << place)) !== 0);
}

function placeOf(places: ReadonlyMap<string, number>, word: string): number {
  const place = places.get(word);
  if (place === undefined) throw new RangeError(`"${word}" is none of the table's words`);
  return place;
}

function wordAt<Word>(words: readonly Word[], place: number): Word {
  const word = words[place];
  if (word === undefined) throw new RangeError(`the table has no word at place ${place}`);
  return word;
}
