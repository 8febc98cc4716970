import { sql } from "drizzle-orm";
import { z } from "zod";
import { micros } from "#/book/rate-facts.ts";
import { readSellers } from "#/book/read-sellers.ts";
import type { Db } from "#/platform/database.ts";
import { chargeKey } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import { sumDecimals } from "#/price/exact.ts";
import { quoteRate, upperBound, type QuotableRate } from "#/price/quote.ts";
import type { SellerIndex } from "#/price/sellers.ts";
import { readUsage } from "#/price/usage.ts";
import type { Usage } from "#/price/usage-keys.ts";
import { canonicalVariant, readVariant } from "#/price/variant.ts";
import { METERS, UNITS } from "#/terms/meter.ts";

/** The most lines that are quoted at once. */
export const MOST_QUOTE_LINES = 10_000;

/** One request that was made, or may be. `at` is an ISO 8601 instant, now when absent; `id` comes back as it is. */
export type UsageLine = Readonly<{
  id?: string | undefined;
  /** In any spelling. When absent, it is the only seller that has a price of the model. */
  seller?: string | undefined;
  model: string;
  /** `default` when absent. */
  variant?: string | undefined;
  at?: string | undefined;
  /** Meters, or a provider's own usage object. */
  usage: unknown;
  /** Asks for the most that a request within this usage may cost, for callers that reserve money before they send it. */
  bound?: boolean | undefined;
}>;

const text = z.string().nullable();
const amount = z.string().meta({ description: "USD, an exact decimal" });

/** The answers to the lines, in their order. */
export const usageQuotes = z.object({
  quotes: z.array(
    z.object({
      id: text,
      outcome: z.enum(["priced", "unpriced", "error"]),
      seller: text,
      model: text,
      variant: text,
      at: text.meta({ description: "The instant whose rate counts" }),
      total: amount.nullable().meta({ description: "Null when a used meter has no price, or the line can't be read" }),
      lines: z
        .array(
          z.object({
            meter: z.enum(METERS),
            unit: z.enum(UNITS),
            units: z.union([z.number(), z.string()]),
            amount,
            cost: amount,
            charge: z.string().meta({ description: "The line of the price sheet that was used" }),
          }),
        )
        .optional()
        .meta({ description: "What every meter costs; only where `detail` was asked for" }),
      unpriced: z.array(z.string()).meta({ description: "Used meters that have no price" }),
      rate: text.meta({ description: "The id of the rate" }),
      version: text.meta({ description: "The version of the book that brought the rate" }),
      problem: text.meta({ description: "Why there is no price, in words" }),
      bound: amount.nullable().optional().meta({
        description:
          "Where it was asked for: the most that a request within the usage may cost; null when nobody knows",
      }),
    }),
  ),
  total: amount.meta({ description: "USD of all lines that are priced" }),
  priced: z.number(),
  unpriced: z.number(),
  errors: z.number(),
});
export type UsageQuotes = z.infer<typeof usageQuotes>;
export type LineQuote = UsageQuotes["quotes"][number];

/** Whose present rates are asked for; a seller by its identity, all sellers when undefined. */
export type PresentKey = Readonly<{ seller: string | undefined; model: string; variant: string }>;

/** Answers present rates without asking the database; undefined when it can't for now. */
export type FindPresent = (key: PresentKey) => readonly QuotableRate[] | undefined;

/** Reads what was, wherever that is read best. */
export type ReadPast = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

export type QuoteDeps = Readonly<{
  db: Db;
  /** For rates of other instants than now; from `db` when this is absent. */
  readPast?: ReadPast | undefined;
  /** The instant of lines that name none, ISO 8601. */
  now: string;
  findPresent?: FindPresent | undefined;
  /** Where they are known already; else they are read. */
  sellers?: Pick<SellerIndex, "identityOf"> | undefined;
  /** Whether each quote says what every meter of it costs; it does not when this is absent. */
  detail?: boolean | undefined;
}>;

/**
 * What each of up to 10,000 requests costs, by the rates of their instants as the book knows them now. A line that can't be
 * read or priced is answered as such, and the others are quoted. All rates that have to be read come by one statement.
 */
export async function quoteUsage(deps: QuoteDeps, lines: readonly unknown[]): Promise<UsageQuotes> {
  const { identityOf } = deps.sellers ?? (await readSellers(deps.db));
  const keys = new Map<string, AskedKey>();
  const asked = lines.map((line) => readLine(line, deps.now, identityOf, keys));
  await findRates(deps, [...keys.values()]);
  const detail = deps.detail === true;
  const priced: Decimal[] = [];
  let unpriced = 0;
  const quotes = asked.map((line): LineQuote => {
    if ("problem" in line) return detail ? { ...line, lines: [] } : line;
    const quote = quoteLine(line, detail);
    if (quote.total !== null) priced.push(quote.total as Decimal);
    else if (quote.outcome === "unpriced") unpriced += 1;
    return quote;
  });
  return {
    quotes,
    total: sumDecimals(priced),
    priced: priced.length,
    unpriced,
    errors: quotes.length - priced.length - unpriced,
  };
}

/** The rate that is meant; a text says why none is. */
type Picked = QuotableRate | string | undefined;

/** What lines of one seller, model and variant ask for. It is looked up once, however many lines name it. */
type AskedKey = {
  readonly key: PresentKey;
  /** Some line asks for now. */
  isPresent: boolean;
  /** The instants that lines name, in milliseconds. */
  span: { from: number; to: number } | undefined;
  /** Of now, from memory. Undefined when it has to be read like that of any instant. */
  present: Readonly<{ rate: Picked }> | undefined;
  /** By seller, the newest first. */
  dated: ReadonlyMap<string, readonly DatedRate[]>;
};

type AskedLine = Readonly<{
  id: string | null;
  asked: AskedKey;
  at: string;
  isPresent: boolean;
  usage: Usage;
  isBounded: boolean;
}>;

const NOTHING: LineQuote = {
  id: null,
  outcome: "error",
  seller: null,
  model: null,
  variant: null,
  at: null,
  total: null,
  unpriced: [],
  rate: null,
  version: null,
  problem: null,
};

const LONGEST_NAME = 512;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

function isName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value !== "" &&
    value.length <= LONGEST_NAME &&
    value.isWellFormed() &&
    !value.includes("\u0000")
  );
}

function isVariant(value: unknown): value is string {
  return isName(value) && readVariant(value) !== undefined;
}

function isInstant(value: unknown): value is string {
  return typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

// Read by hand: a schema takes as long over 10,000 lines as all quotes do.
function readLine(
  line: unknown,
  now: string,
  identityOf: (spelling: string) => string,
  keys: Map<string, AskedKey>,
): AskedLine | LineQuote {
  if (typeof line !== "object" || line === null) return { ...NOTHING, problem: "The line is not an object" };
  const { id, seller, model, variant, at, usage, bound } = line as Readonly<Partial<Record<keyof UsageLine, unknown>>>;
  const label = typeof id === "string" ? id.slice(0, LONGEST_NAME) : null;
  const refuse = (problem: string): LineQuote => ({
    ...NOTHING,
    id: label,
    model: isName(model) ? model : null,
    problem,
  });
  if (id !== undefined && id !== null && label === null) return refuse("id: no text");
  const asked = readKey({ seller: seller ?? undefined, model, variant: variant ?? "default" }, identityOf, keys);
  if (typeof asked === "string") return refuse(asked);
  const instant = at ?? now;
  if (instant !== now && !isInstant(instant)) return refuse("at: an instant such as 2026-08-01T12:00:00Z is needed");
  const reading = readUsage(usage);
  if (!reading.ok) return refuse(`usage: ${reading.problem}`);
  const isPresent = (at ?? null) === null;
  if (isPresent) asked.isPresent = true;
  else widen(asked, Date.parse(instant));
  return { id: label, asked, at: instant, isPresent, usage: reading.usage, isBounded: bound === true };
}

type Named = Readonly<{ seller: unknown; model: unknown; variant: unknown }>;

/** The key that a line names, the same for all that name it; a text says why it can't be one. */
function readKey(
  { seller, model, variant }: Named,
  identityOf: (spelling: string) => string,
  keys: Map<string, AskedKey>,
): AskedKey | string {
  if (typeof model !== "string") return NO_MODEL;
  if (seller !== undefined && (typeof seller !== "string" || seller === "")) return NO_SELLER;
  if (typeof variant !== "string") return NO_VARIANT;
  // What is kept holds no NUL, so that no other names come to the same text.
  const text = `${seller ?? ""}\u0000${model}\u0000${variant}`;
  const known = keys.get(text);
  if (known !== undefined) return known;
  if (!isName(model)) return NO_MODEL;
  if (seller !== undefined && !isName(seller)) return NO_SELLER;
  if (!isVariant(variant)) return NO_VARIANT;
  const key = {
    seller: seller === undefined ? undefined : identityOf(seller),
    model,
    variant: canonicalVariant(variant),
  };
  const fresh: AskedKey = { key, isPresent: false, span: undefined, present: undefined, dated: new Map() };
  keys.set(text, fresh);
  return fresh;
}

const NO_MODEL = "model: the id of a model is needed";
const NO_SELLER = "seller: no name of a seller";
const NO_VARIANT = "variant: a variant such as default, batch or region=eu+speed=fast is needed";

function widen(asked: AskedKey, ms: number): void {
  const { span } = asked;
  if (span === undefined) asked.span = { from: ms, to: ms };
  else {
    span.from = Math.min(span.from, ms);
    span.to = Math.max(span.to, ms);
  }
}

/** One of the rates of a key in the order of time. */
type DatedRate = QuotableRate & Readonly<{ from: number }>;

async function findRates({ db, readPast, findPresent, now }: QuoteDeps, keys: readonly AskedKey[]): Promise<void> {
  for (const asked of keys) {
    if (!asked.isPresent) continue;
    const found = findPresent?.(asked.key);
    if (found === undefined) widen(asked, Date.parse(now));
    else asked.present = { rate: pickRate(asked.key, found) };
  }
  const spans = keys.flatMap(({ key, span }) => (span === undefined ? [] : [{ key, ...span }]));
  if (spans.length === 0) return;
  const read = (from: Db) => readSpans(from, spans);
  const rows = Map.groupBy(await (readPast?.(read) ?? read(db)), ({ i }) => i);
  for (const [i, asked] of keys.filter(({ span }) => span !== undefined).entries())
    asked.dated = Map.groupBy(rows.get(i) ?? [], ({ seller }) => seller);
}

type Row = Omit<DatedRate, "from"> & Readonly<{ i: number; from: number }>;

/**
 * For each key the rates that count somewhere in its span of time, by one walk of `rates_timeline_known` each: a thousand instants of
 * one key cost what two do.
 */
async function readSpans(
  db: Db,
  spans: readonly Readonly<{ key: PresentKey; from: number; to: number }>[],
): Promise<readonly Row[]> {
  const asked = JSON.stringify(
    spans.map(({ key, from, to }, i) => ({ i, ...key, from: from / 1_000, to: to / 1_000 })),
  );
  return db.execute<Row>(sql`
    with asked as (
      select * from json_to_recordset(${asked}::text::json)
        as k(i int, seller text, model text, variant text, "from" float8, "to" float8)),
    keys as (
      select k.i, s.seller, k.model, k.variant, to_timestamp(k."from") as since, to_timestamp(k."to") as until
      from asked k cross join lateral (
        select k.seller where k.seller is not null
        union
        select r.seller from rates r where k.seller is null and r.model = k.model and r.variant = k.variant) s)
    select k.i, r.id::text, r.seller, r.model, r.variant, r.state, r.charges, r.version_from::text as version,
      ${micros(sql`r.valid_from`)} as "from"
    from keys k cross join lateral (
      (select f.* from rates f
        where (f.model, f.seller, (f.variant <> 'default'), f.variant) = (k.model, k.seller, (k.variant <> 'default'), k.variant)
          and f.version_to is null and f.valid_from <= k.since
        order by f.valid_from desc limit 1)
      union all
      (select f.* from rates f
        where (f.model, f.seller, (f.variant <> 'default'), f.variant) = (k.model, k.seller, (k.variant <> 'default'), k.variant)
          and f.version_to is null and f.valid_from > k.since and f.valid_from <= k.until)) r
    order by k.i, r.seller, r.valid_from desc`);
}

function quoteLine({ id, asked, at, isPresent, usage, isBounded }: AskedLine, detail: boolean): LineQuote {
  const { key, present } = asked;
  const rate = isPresent && present !== undefined ? present.rate : pickRate(key, ratesAtInstant(asked, at));
  if (typeof rate === "string") {
    const none = { ...NOTHING, id, model: key.model, variant: key.variant, at, problem: rate };
    return detail ? { ...none, lines: [] } : none;
  }
  const { outcome, total, lines, unpriced, rateId, version } = quoteRate(rate, usage, { at, detail });
  const quote: LineQuote = {
    id,
    outcome,
    seller: rate?.seller ?? key.seller ?? null,
    model: key.model,
    variant: key.variant,
    at,
    total,
    unpriced: [...unpriced],
    rate: rateId,
    version,
    problem: outcome === "priced" ? null : describeUnpriced(rate, unpriced),
  };
  if (detail) quote.lines = lines.map(({ charge, ...line }) => ({ ...line, charge: chargeKey(charge) }));
  if (isBounded) quote.bound = upperBound(rate, usage) ?? null;
  return quote;
}

function ratesAtInstant({ dated }: AskedKey, at: string): QuotableRate[] {
  const instant = Date.parse(at) * 1_000;
  return [...dated.values()].flatMap((rates) => rates.find(({ from }) => from <= instant) ?? []);
}

/** The only rate of the seller that is named, or of the only seller that has a price. */
function pickRate({ seller, model }: PresentKey, rates: readonly QuotableRate[]): Picked {
  if (seller !== undefined) return rates[0];
  const withPrice = rates.filter(({ state }) => state === "priced" || state === "free");
  const sellers = withPrice.map((rate) => rate.seller).toSorted();
  if (sellers.length > 1) {
    const named = sellers.slice(0, 10).join(", ");
    return `seller: ${sellers.length} sellers have a price of "${model}": ${named}${sellers.length > 10 ? ", …" : ""}. Name one`;
  }
  return withPrice[0] ?? rates[0];
}

function describeUnpriced(rate: QuotableRate | undefined, unpriced: readonly string[]): string {
  if (rate === undefined) return "No price of this seller, model and variant was known then";
  if (rate.state === "unknown" || rate.state === "varies") return `The price is ${rate.state}`;
  return `No price for: ${unpriced.join(", ")}`;
}
