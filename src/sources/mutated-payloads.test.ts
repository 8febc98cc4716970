import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeKey, type Charge } from "#/price/charge.ts";
import {
  hasTooManyPlaces,
  multiply,
  parseDecimal,
  roundSignificant,
  shiftPoint,
  type Decimal,
} from "#/price/decimal.ts";
import { SOURCE_KINDS, type SourceAdapter, type SourceKind } from "#/sources/adapter.ts";
import { KIND_FIXTURES } from "#/sources/kind-fixtures.ts";
import { adapterFor } from "#/sources/kinds.ts";

/** `npm run test:hostile` raises this to 10,000 for each format. */
const RUNS = Number(process.env["HOSTILE_RUNS"] ?? "60");
const SEED = Number(process.env["HOSTILE_SEED"] ?? "20260801");
const SLOWEST_MS = 1_000;
const HEAP_GROWTH_MIB = 200;

const PLACES = { 1: 0, 1000: -3, 1_000_000: -6 } as const;

const strangeValue = fc.constantFrom<unknown>(
  null,
  true,
  "",
  "soon",
  "-1",
  -1,
  0,
  "0",
  1e-30,
  "1e-31",
  "0.0000000000000000000000001",
  1e30,
  "5e-07",
  "0.00000012500000000000002",
  "9007199254740993",
  [],
  {},
  [[]],
  { usd: 1 },
  "NaN",
  "1e999",
  "\u0000",
  "\ud800",
  "<b>",
  "__proto__",
);
const strangeText = fc.constantFrom(
  "",
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  ":",
  "-",
  "0",
  "9",
  "e",
  ".",
  "null",
  "[[[[",
  '"__proto__":',
  "\\u0000",
  "\uFEFF",
);

/** Puts a strange value in the place of the `at`th value of a document, counted in depth. */
function replaceValue(document: unknown, at: number, value: unknown): unknown {
  let left = at;
  const walk = (node: unknown): unknown => {
    left -= 1;
    if (left === 0) return value;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child)]));
  };
  return walk(document);
}

const mutation = fc.record({
  values: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), strangeValue), { maxLength: 4 }),
  texts: fc.array(fc.tuple(fc.nat(), strangeText, fc.integer({ min: 0, max: 9 })), { maxLength: 2 }),
  isDoubled: fc.boolean(),
});

function mutate(
  document: unknown,
  { values, texts, isDoubled }: typeof mutation extends fc.Arbitrary<infer M> ? M : never,
): string {
  const strange = values.reduce((whole, [at, value]) => replaceValue(whole, at, value), document);
  const text = JSON.stringify(strange) ?? "";
  // The same document's first key twice: the last one counts.
  const doubled = isDoubled && text.startsWith("{") ? text.replace(/^\{("[^"]*":)/, "{$1 null, $1") : text;
  return texts.reduce((whole, [at, put, cut]) => {
    const place = at % (whole.length + 1);
    return whole.slice(0, place) + put + whole.slice(place + cut);
  }, doubled);
}

/** Every number that stands in a payload, in a text or not, rounded as an amount is. */
function numbersIn(text: string): Decimal[] {
  const found = new Set([...text.matchAll(/-?\d*\.?\d+(?:e[+-]?\d+)?/gi)].map(([digits]) => parseDecimal(digits)));
  return [...found].flatMap((number) => (number === undefined ? [] : [roundSignificant(number, 12)]));
}

/** The amounts that a charge of this line may have, out of the payload's own numbers. */
function allowedAmounts(adapter: SourceAdapter, charge: Charge, numbers: readonly Decimal[]): Set<string> {
  const { meter, unit } = charge;
  const scales = adapter.units
    .filter((declared) => declared.meter === meter && declared.unit === unit)
    .map(({ usdPer, usdExponent = 0 }) => PLACES[usdPer] + usdExponent);
  const direct = scales.flatMap((places) => numbers.map((number) => shiftPoint(number, places)));
  return new Set([...direct, ...(DERIVED[adapter.kind]?.(numbers) ?? [])]);
}

/** What two formats compute from two numbers of the payload: a multiple of a price in cents, and an amount with its scale. */
const DERIVED: Partial<Record<SourceKind, (numbers: readonly Decimal[]) => Decimal[]>> = {
  deepinfra: (numbers) =>
    numbers.flatMap((a) => numbers.map((b) => roundSignificant(shiftPoint(multiply(a, b), -2), 12))),
  nearai: (numbers) =>
    numbers.flatMap((amount) =>
      numbers.flatMap((scale) => (/^\d{1,2}$/.test(scale) ? [shiftPoint(amount, -Number(scale))] : [])),
    ),
  // LiteLLM's search prices may be given for three sizes at once.
  litellm: (numbers) => [...numbers],
};

test.each(SOURCE_KINDS.map((kind) => [kind]))(
  "%s: no damaged payload crashes it, or puts a price there that is not in it",
  (kind) => {
    const adapter = adapterFor(kind);
    const documents = KIND_FIXTURES.filter((fixture) => fixture.kind === kind);
    expect(documents.length).toBeGreaterThan(0);
    let slowestMs = 0;
    const heapBefore = process.memoryUsage().heapUsed;
    fc.assert(
      fc.property(fc.constantFrom(...documents), mutation, ({ document, options = {} }, change) => {
        const text = mutate(document, change);
        const start = performance.now();
        const outcome = adapter.parse(text, { observedAt: "2026-08-01T00:00:00Z", options });
        slowestMs = Math.max(slowestMs, performance.now() - start);
        if (!outcome.ok) {
          expect(outcome.problem.message).not.toBe("");
          return;
        }
        const numbers = numbersIn(text);
        for (const { state, charges, upcoming = [] } of outcome.sheet.offers) {
          if (state !== "priced" && state !== "free") expect(charges).toEqual([]);
          for (const charge of [...charges, ...upcoming.flatMap((ask) => ask.charges)]) {
            expect(hasTooManyPlaces(charge.amount), `${charge.amount} in ${text}`).toBe(false);
            expect(allowedAmounts(adapter, charge, numbers), `${chargeKey(charge)} in ${text}`).toContain(
              charge.amount,
            );
          }
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    const growthMib = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
    expect(growthMib).toBeLessThan(HEAP_GROWTH_MIB);
    // Times are judged in the long form alone, on a machine that does nothing else.
    if (process.env["HOSTILE_RUNS"] === undefined) return;
    expect(slowestMs).toBeLessThan(SLOWEST_MS);
    process.stdout.write(
      `${kind}: ${RUNS} payloads, seed ${SEED}, slowest ${slowestMs.toFixed(1)} ms, heap ${growthMib.toFixed(0)} MiB\n`,
    );
  },
  600_000,
);
