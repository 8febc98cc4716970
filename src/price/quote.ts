import { isInWindow } from "#/price/active-charges.ts";
import type { Charge } from "#/price/charge.ts";
import { decimal, type Decimal } from "#/price/decimal.ts";
import { placesOf, power, readScaled, writeScaled } from "#/price/exact.ts";
import type { Discount, OfferKey } from "#/price/offer.ts";
import { findMetered, UNITS_TEXT, type Metered, type Usage } from "#/price/usage-keys.ts";
import type { Meter, Unit } from "#/terms/meter.ts";
import type { OfferState } from "#/terms/offer.ts";

/** A rate as the book answers it. */
export type QuotableRate = OfferKey &
  Readonly<{
    id?: string | undefined;
    /** The version of the book that says so. */
    version?: string | undefined;
    state: OfferState;
    charges: readonly Charge[];
    /** What `charges` were before something was taken off, and when that ends. */
    discount?: Discount | null | undefined;
  }>;

/** `units` are as the usage gave them, `amount` is USD per one unit, `cost` is USD. */
export type QuoteLine = Readonly<{
  meter: Meter;
  unit: Unit;
  units: number | string;
  amount: Decimal;
  cost: Decimal;
  /** The line of the price sheet that was used: of another meter where the rate does not price this one apart. */
  charge: Charge;
}>;

/** What a request costs in USD, exactly. `total` is null when a used meter has no price; `unpriced` names those meters. */
export type Quote = Readonly<{
  outcome: "priced" | "unpriced";
  total: Decimal | null;
  lines: readonly QuoteLine[];
  unpriced: readonly string[];
  rateId: string | null;
  version: string | null;
}>;

/**
 * What a request costs by a rate at an instant (ISO 8601), which decides the windows that are open and whether a discount
 * has ended.
 *
 * - Tiers are cliffs: above the boundary all of the request costs the tier's amount. No source of ours states graduated
 *   ones. The boundary counts all input tokens, cached ones too. A tier by results is unpriced without `results` in the usage.
 * - Tokens of a meter that the rate does not price apart cost what the meter that contains them costs: reasoning is
 *   output; cached tokens, audio, images and video are input or output. So does genai-prices
 *   (https://github.com/pydantic/genai-prices: a unit's price is that of everything below it that has none). Where nobody can tell,
 *   they are unpriced: `FALLBACKS` has the table.
 * - A price of the request itself is counted once unless the usage says `request`; a rate without one does not charge for it.
 * - Any other used meter without a price makes the quote unpriced, and so does a rate that is `unknown`, `varies` or absent.
 *   Tokens of a `free` rate cost 0.
 * - `lines` has what every meter costs; it is empty when `detail` is false, which is quicker.
 *
 * Throws `RangeError` for units that are no whole number or decimal from 0 on, and for an instant that can't be read.
 */
export function quoteRate(
  rate: QuotableRate | undefined,
  usage: Usage,
  { at, detail = true }: Readonly<{ at: string; detail?: boolean }>,
): Quote {
  const sheet = rate === undefined ? undefined : sheetAt(rate, at);
  const counted = countUsage(usage, sheet);
  const places = (sheet?.places ?? 0) + counted.places;
  const lines: QuoteLine[] = [];
  const unpriced: string[] = [];
  let total = 0n;
  for (const used of counted.used) {
    const price = sheet && findPrice(pricesOf(sheet, used.key), counted, used, at);
    if (price === undefined) {
      if (used.key !== "request" || sheet === undefined) unpriced.push(used.key);
      continue;
    }
    const cost = price.amount * used.units;
    total += cost;
    if (!detail) continue;
    const { charge } = price;
    const { meter, unit } = findMetered(used.key) ?? charge;
    lines.push({ meter, unit, units: used.given, amount: charge.amount, cost: writeScaled(cost, places), charge });
  }
  const isPriced = sheet !== undefined && unpriced.length === 0;
  return {
    outcome: isPriced ? "priced" : "unpriced",
    total: isPriced ? writeScaled(total, places) : null,
    lines,
    unpriced,
    rateId: rate?.id ?? null,
    version: rate?.version ?? null,
  };
}

/**
 * The most in USD that a request may cost whose usage stays within a cap, meter by meter, at any instant: under every window,
 * with a discount or without, and under every tier that the cap can reach. Tokens that may turn out to be of either of two
 * meters (cached or not) have to stand under both. Undefined when a meter of the cap has no price: no bound is known then.
 */
export function upperBound(rate: QuotableRate | undefined, cap: Usage): Decimal | undefined {
  if (rate === undefined || !hasPrices(rate)) return undefined;
  const { charges, discount } = rate;
  const bounds = [charges, ...(discount ? [discount.listCharges] : [])].map((sheet) =>
    boundOf(compile(sheet, rate.state === "free"), cap),
  );
  if (bounds.includes(undefined)) return undefined;
  const known = bounds.flatMap((bound) => (bound === undefined ? [] : [bound]));
  const places = Math.max(...known.map((bound) => bound.places));
  const most = known.map((bound) => bound.total * power(places - bound.places)).reduce((a, b) => (a > b ? a : b));
  return writeScaled(most, places);
}

type Scaled = Readonly<{ total: bigint; places: number }>;

function boundOf(sheet: Sheet, cap: Usage): Scaled | undefined {
  const counted = countUsage(cap, sheet);
  let total = 0n;
  for (const used of counted.used) {
    const reachable = pricesOf(sheet, used.key).filter((price) => isReached(price, counted, used) ?? true);
    if (reachable.length === 0 && used.key === "request") continue;
    if (reachable.length === 0) return undefined;
    total += used.units * reachable.map(({ amount }) => amount).reduce((a, b) => (a > b ? a : b));
  }
  return { total, places: sheet.places + counted.places };
}

/** A charge with its amount as a whole number of 10^-places USD. */
type Price = Readonly<{ amount: bigint; charge: Charge }>;

/** A price sheet, read once. */
type Sheet = Readonly<{
  places: number;
  isFree: boolean;
  hasTiers: boolean;
  /** By `meter/unit`: the highest tier first, and what has a window before what has none. */
  own: ReadonlyMap<string, readonly Price[]>;
  /** The same by what usages call it, fallbacks included; filled as it is asked. */
  asked: Map<string, readonly Price[]>;
}>;

// A rate's charges are never changed in place, so what was read of them lives as long as they do.
const SHEETS = new WeakMap<readonly Charge[], Sheet>();

function hasPrices({ state }: QuotableRate): boolean {
  return state === "priced" || state === "free";
}

function sheetAt(rate: QuotableRate, at: string): Sheet | undefined {
  if (!hasPrices(rate)) return undefined;
  const { charges, discount } = rate;
  const hasEnded = discount?.endsAt !== undefined && Date.parse(at) >= Date.parse(discount.endsAt);
  return compile(discount && hasEnded ? discount.listCharges : charges, rate.state === "free");
}

function compile(charges: readonly Charge[], isFree: boolean): Sheet {
  const known = SHEETS.get(charges);
  if (known?.isFree === isFree) return known;
  const places = Math.max(0, ...charges.map(({ amount }) => placesOf(amount)));
  const prices = charges.map((charge): Price => ({ charge, amount: readScaled(charge.amount, places) }));
  const sorted = prices.toSorted(
    (a, b) =>
      (b.charge.tier?.above ?? -1) - (a.charge.tier?.above ?? -1) ||
      Number(a.charge.window === undefined) - Number(b.charge.window === undefined),
  );
  const sheet: Sheet = {
    places,
    isFree,
    hasTiers: charges.some(({ tier }) => tier !== undefined),
    own: Map.groupBy(sorted, ({ charge: { meter, unit } }) => `${meter}/${unit}`),
    asked: new Map(),
  };
  SHEETS.set(charges, sheet);
  return sheet;
}

/**
 * Which meters contain the tokens of one that has no price of its own, the nearest first. Of two that are equally near and
 * both priced nobody can tell which counts (genai-prices refuses such a sheet), so there is no price then.
 */
const FALLBACKS: Partial<Record<Meter, readonly (readonly Meter[])[]>> = {
  cache_read: [["input"]],
  cache_write: [["input"]],
  cache_write_1h: [["input"]],
  reasoning: [["output"]],
  input_audio: [["input"]],
  input_image: [["input"]],
  input_video: [["input"]],
  output_audio: [["output"]],
  output_image: [["output"]],
  output_video: [["output"]],
  cache_read_audio: [["cache_read", "input_audio"], ["input"]],
  cache_write_audio: [["cache_write", "input_audio"], ["input"]],
  cache_read_image: [["cache_read", "input_image"], ["input"]],
};

function pricesOf(sheet: Sheet, key: string): readonly Price[] {
  const known = sheet.asked.get(key);
  if (known !== undefined) return known;
  const metered = findMetered(key);
  const found = metered === undefined ? [] : (findPrices(sheet, metered) ?? freePrices(sheet, metered));
  // What is no meter is not kept: callers may make up as many names as they like.
  if (metered !== undefined) sheet.asked.set(key, found);
  return found;
}

function findPrices({ own }: Sheet, { meter, unit }: Metered): readonly Price[] | undefined {
  const direct = own.get(`${meter}/${unit}`);
  if (direct !== undefined || unit !== "token") return direct;
  // Anthropic asks 2 times the input for a write that is kept an hour and 1.25 times for others
  // (https://docs.claude.com/en/docs/build-with-claude/prompt-caching), so the price of one says nothing of the other.
  if (meter === "cache_write_1h" && own.has("cache_write/token")) return undefined;
  for (const level of FALLBACKS[meter] ?? []) {
    const priced = level.flatMap((one) => own.get(`${one}/token`) ?? []);
    const isOne = level.filter((one) => own.has(`${one}/token`)).length === 1;
    if (priced.length > 0) return isOne ? priced : undefined;
  }
  return undefined;
}

function freePrices({ isFree }: Sheet, { meter, unit }: Metered): readonly Price[] {
  return isFree && unit === "token" ? [{ amount: 0n, charge: { meter, unit, amount: decimal("0") } }] : [];
}

/** The price of a used meter. An open window stands in for the line without one, as `activeCharges` says. */
function findPrice(prices: readonly Price[], counted: Counted, used: Used, at: string): Price | undefined {
  let time: string | undefined;
  for (const price of prices) {
    const { window } = price.charge;
    if (window !== undefined) {
      time ??= new Date(at).toISOString().slice(11, 16);
      if (!isInWindow(window, time)) continue;
    }
    const reached = isReached(price, counted, used);
    if (reached === undefined) return undefined;
    if (reached) return price;
  }
  return undefined;
}

/** Whether a request is above a price's tier, undefined when its usage does not say. */
function isReached({ charge: { tier, unit } }: Price, counted: Counted, used: Used): boolean | undefined {
  if (tier === undefined) return true;
  const boundary = BigInt(tier.above) * power(counted.places);
  if (tier.of === undefined) return counted.promptTokens > boundary;
  if (tier.of === "seconds") return (unit === "second" ? used.units : counted.seconds) > boundary;
  return counted.results === undefined ? undefined : counted.results > boundary;
}

/** Units as a whole number of 10^-places, and as they were given. */
type Used = Readonly<{ key: string; units: bigint; given: number | string }>;
type Counted = Readonly<{
  used: readonly Used[];
  places: number;
  promptTokens: bigint;
  seconds: bigint;
  results: bigint | undefined;
}>;

/** The meters of tokens that make up a prompt. */
const PROMPT_METERS: ReadonlySet<Meter> = new Set([
  "input",
  "cache_read",
  "cache_write",
  "cache_write_1h",
  "input_audio",
  "cache_read_audio",
  "cache_write_audio",
  "cache_read_image",
  "input_image",
  "input_video",
  "computer_use_input",
]);

function countUsage(usage: Usage, sheet: Sheet | undefined): Counted {
  const given: Readonly<Record<string, number | string | undefined>> = usage;
  let places = 0;
  for (const key in given) {
    const units = given[key];
    if (typeof units !== "string") continue;
    if (!UNITS_TEXT.test(units)) throw badUnits(key, units);
    places = Math.max(places, placesOf(units));
  }
  const used: Used[] = [];
  for (const key in given) {
    const units = given[key];
    if (units === undefined || units === 0 || key === "results") continue;
    const whole = readUnits(key, units, places);
    if (whole > 0n) used.push({ key, units: whole, given: units });
  }
  if (
    sheet?.own.has("request/request") === true &&
    given["request"] === undefined &&
    given["request/request"] === undefined
  )
    used.push({ key: "request", units: power(places), given: 1 });
  const { results } = given;
  return {
    used,
    places,
    promptTokens: sheet?.hasTiers === true ? sumOf(used, isPrompt) : 0n,
    seconds: sheet?.hasTiers === true ? sumOf(used, ({ unit }) => unit === "second") : 0n,
    results: results === undefined ? undefined : readUnits("results", results, places),
  };
}

function isPrompt({ meter, unit }: Metered): boolean {
  return unit === "token" && PROMPT_METERS.has(meter);
}

function sumOf(used: readonly Used[], counts: (metered: Metered) => boolean): bigint {
  let sum = 0n;
  for (const { key, units } of used) {
    const metered = findMetered(key);
    if (metered !== undefined && counts(metered)) sum += units;
  }
  return sum;
}

/** Texts have been checked. */
function readUnits(key: string, units: number | string, places: number): bigint {
  if (typeof units === "string") return readScaled(units, places);
  if (!Number.isSafeInteger(units) || units < 0) throw badUnits(key, units);
  return BigInt(units) * power(places);
}

function badUnits(key: string, units: number | string): RangeError {
  return new RangeError(`${key}: ${String(units).slice(0, 40)} is no whole number from 0 on, nor a decimal as text`);
}
