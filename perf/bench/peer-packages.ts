/**
 * Ours beside the npm packages that work out what a request costs: loading, looking a price up, calculating, memory, and in how many
 * of 100 requests a package comes to another cost than ours, with the reason. Ours reads its prices from Postgres, and a package
 * carries its own or is handed them.
 *
 *   node perf/bench/peer-packages.ts [--quick]
 */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { calculateCost, getModelPricing } from "ai-sdk-cost-calculator";
import { estimateCost, type ModelCatalog } from "tokenlens";
import { z } from "zod";
import { parseDecimal, shiftPoint } from "#/price/decimal.ts";
import { quoteRate, type QuotableRate } from "#/price/quote.ts";
import { createRateTable } from "#/serve/rate-table.ts";
import { readPresentRates } from "#/book/present-rates.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { parsePayload } from "#/sources/parse-payload.ts";
import { openBook } from "./bare-answers.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { spread } from "./take-turns.ts";

const MODELS = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-4o-mini"],
  ["anthropic", "claude-sonnet-4-5"],
  ["google", "gemini-2.5-pro"],
  ["google", "gemini-2.5-flash"],
] as const;
const PEERS = ["@pydantic/genai-prices", "tokenlens", "ai-sdk-cost-calculator"] as const;
const AT = "2026-08-01T12:00:00Z";
/** So many rates are in the book that ours is read from, about as many as the largest package carries. */
const RATES = 2_000;

type Peer = (typeof PEERS)[number];
type Request = Readonly<{ seller: string; model: string; input: number; cached: number; output: number }>;

const loaded = z.object({ ms: z.number(), mib: z.number() });

/** Each in new processes, in turns. */
async function measureLoads(bench: Bench, databaseUrl: string): Promise<void> {
  const figures = new Map(["ours", ...PEERS].map((name) => [name, { ms: [] as number[], mib: [] as number[] }]));
  for (let round = 0; round < (bench.isQuick ? 3 : 9); round += 1) {
    for (const [name, { ms, mib }] of figures) {
      const started = {
        entry: "perf/processes/load-package.ts",
        args: [name, databaseUrl],
        ready: /loaded it (\{.*\})/,
      };
      const { ready } = await bench.start(started);
      const answer = loaded.parse(JSON.parse(ready));
      ms.push(answer.ms);
      mib.push(answer.mib);
    }
  }
  bench.note(
    `loading until the first answer (ours reads ${RATES.toLocaleString("en")} rates from Postgres), and the heap it holds:`,
  );
  for (const [name, { ms, mib }] of figures) bench.note(`  ${name}: ${spread(ms, "ms")}; ${spread(mib, "MiB")}`);
}

async function measureLookups(bench: Bench, databaseUrl: string): Promise<void> {
  const found = await readPresentRates(bench.connect(databaseUrl).db);
  if (!("whole" in found)) throw new Error("the book is empty");
  const table = createRateTable(found.whole);
  bench.note("looking up the price of one model (tokenlens is handed a catalogue and has none of its own):");
  reportSpeeds(bench, {
    ours: (i) => table.ofModel(`vendor/model-${1 + (i % RATES)}`),
    "@pydantic/genai-prices": () => findProvider({ modelId: "gpt-4o", providerId: "openai" }),
    "ai-sdk-cost-calculator": () => getModelPricing("openai", "gpt-4o"),
  });
}

function reportSpeeds(bench: Bench, calls: Readonly<Record<string, (i: number) => unknown>>): void {
  const speeds = new Map<string, number[]>(Object.keys(calls).map((name) => [name, []]));
  for (let round = -1; round < 7; round += 1) {
    for (const [name, call] of Object.entries(calls)) {
      const perSecond = measureSpeed(call, bench.isQuick ? 40 : 200);
      // The first round warms up.
      if (round >= 0) speeds.get(name)?.push(perSecond);
    }
  }
  for (const [name, values] of speeds) bench.note(`  ${name}: ${spread(values, "/s")}`);
}

/** Calls a second, over at least so many milliseconds. */
function measureSpeed(call: (i: number) => unknown, forMs: number): number {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < forMs) {
    for (let i = 0; i < 100; i += 1) call(done + i);
    done += 100;
  }
  return (done / (performance.now() - start)) * 1_000;
}

/** Our reading of what genai-prices carries, so that ours and it start from the same prices. */
function readRates(): ReadonlyMap<string, QuotableRate> {
  const providers = [...new Set(MODELS.map(([seller]) => seller))].map((providerId) => findProvider({ providerId }));
  const context = { observedAt: AT, options: {} };
  const parsed = parsePayload(adapterFor("genai-prices"), JSON.stringify(providers), context);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return new Map(
    MODELS.flatMap(([seller, model]) => {
      const offer = parsed.sheet.offers.find(
        (one) => one.seller === seller && one.model === model && one.variant === "default",
      );
      return offer === undefined ? [] : [[model, { ...offer, seller }]];
    }),
  );
}

/** Tokenlens is handed our base prices, in the form of models.dev. */
function catalogOf(rates: ReadonlyMap<string, QuotableRate>): ModelCatalog {
  const catalog: ModelCatalog = {};
  for (const [model, { seller, charges }] of rates) {
    const price = (meter: string) => {
      const charge = charges.find((one) => one.meter === meter && one.tier === undefined);
      return charge === undefined ? {} : { [meter]: Number(shiftPoint(charge.amount, 6)) };
    };
    const cost = { ...price("input"), ...price("output"), ...price("cache_read") };
    const provider = (catalog[seller] ??= { id: seller, models: {} });
    provider.models = { ...provider.models, [model]: { id: model, name: model, cost } };
  }
  return catalog;
}

type Calculators = Readonly<Record<"ours" | Peer, (request: Request) => string | undefined>>;

function createCalculators(rates: ReadonlyMap<string, QuotableRate>): Calculators {
  const catalog = catalogOf(rates);
  const say = (cost: number | undefined) => (cost === undefined ? undefined : String(cost));
  return {
    ours({ model, input, cached, output }) {
      const rate = rates.get(model);
      const used = { input: input - cached, cache_read: cached, output };
      return rate === undefined ? undefined : (quoteRate(rate, used, { at: AT }).total ?? undefined);
    },
    "@pydantic/genai-prices": ({ seller, model, input, cached, output }) =>
      say(
        calcPrice({ input_tokens: input, cache_read_tokens: cached, output_tokens: output }, model, {
          providerId: seller,
          timestamp: new Date(AT),
        })?.total_price,
      ),
    // It bills cached tokens beside its input, so its input is the rest.
    tokenlens: ({ seller, model, input, cached, output }) =>
      say(
        estimateCost({
          modelId: `${seller}:${model}`,
          usage: { input: input - cached, output, cacheReads: cached },
          catalog,
        }).totalUSD,
      ),
    "ai-sdk-cost-calculator": ({ model, input, cached, output }) =>
      say(
        calculateCost({
          model,
          usage: {
            inputTokens: input,
            outputTokens: output,
            totalTokens: input + output,
            inputTokenDetails: { noCacheTokens: input - cached, cacheReadTokens: cached, cacheWriteTokens: 0 },
            outputTokenDetails: { textTokens: output, reasoningTokens: 0 },
          },
        }).totalCost,
      ),
  };
}

function measureCalculations(bench: Bench, rates: ReadonlyMap<string, QuotableRate>): void {
  const calculators = createCalculators(rates);
  const requestOf = (i: number) => ({
    seller: "openai",
    model: "gpt-4o",
    input: 1_200 + (i % 100),
    cached: 200,
    output: 300,
  });
  bench.note("calculating the cost of a request with three meters:");
  reportSpeeds(
    bench,
    Object.fromEntries(
      Object.entries(calculators).map(([name, calculate]) => [name, (i: number) => calculate(requestOf(i))]),
    ),
  );
}

/** 20 for each model: short and long prompts on both sides of 200,000 tokens, with and without cached ones. */
function listRequests(seed: number): readonly Request[] {
  return MODELS.flatMap(([seller, model], of) =>
    Array.from({ length: 20 }, (_, i) => {
      const input = (i % 5 === 4 ? 250_000 : 100 * (i + 1)) + 7 * seed + of;
      return { seller, model, input, cached: i % 2 === 0 ? 0 : Math.floor(input / 3), output: 31 * (i + 1) };
    }),
  );
}

function countDifferences(bench: Bench, rates: ReadonlyMap<string, QuotableRate>): void {
  const calculators = createCalculators(rates);
  const requests = listRequests(bench.seed);
  bench.note("in how many of 100 requests each comes to another cost than ours, which is exact:");
  for (const peer of PEERS) {
    const reasons = new Map<string, number>();
    for (const request of requests) {
      const reason = findReason(calculators, peer, request);
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const words = [...reasons].map(([reason, count]) => `${count} ${reason}`);
    const total = [...reasons.values()].reduce((sum, count) => sum + count, 0);
    bench.note(`  ${peer}: ${total}${words.length === 0 ? "" : ` (${words.join("; ")})`}`);
  }
}

/** Several parts of a cost, each rounded to millionths of a dollar. */
const ROUNDED_USD = 2e-6;
const isNear = (ours: string | undefined, theirs: string | undefined) =>
  Math.abs(Number(theirs) - Number(ours)) < ROUNDED_USD;

/** Why a package's cost is another one; undefined when it is ours to the digit. */
function findReason(calculators: Calculators, peer: Peer, request: Request): string | undefined {
  const [ours, theirs] = [calculators.ours(request), calculators[peer](request)];
  if (ours === undefined) return "of a model that ours was not given";
  if (theirs === undefined || Number(theirs) === 0) return "without a price in the package";
  if (decimalOf(theirs) === decimalOf(ours)) return undefined;
  if (Math.abs(Number(theirs) / Number(ours) - 1) < 1e-9) return "by floating point";
  if (isNear(ours, theirs)) return "rounded to millionths of a dollar";
  const short = { ...request, input: 1_000, cached: 0 };
  if (!isNear(calculators.ours(short), calculators[peer](short))) return "of another base price in its data";
  if (request.input > 200_000) return "above 200,000 tokens, by other tiers or none";
  return "with cached tokens, by another price or rule";
}

/** A float as it prints, without an exponent. */
function decimalOf(cost: string): string {
  const amount = parseDecimal(cost);
  if (amount === undefined) throw new Error(`a cost that is no number: ${cost}`);
  return amount;
}

await runBench("Packages that work out costs, and ours", async (bench) => {
  const { databaseUrl } = await openBook(bench, "packages", { rates: RATES });
  await measureLoads(bench, databaseUrl);
  await measureLookups(bench, databaseUrl);
  const rates = readRates();
  measureCalculations(bench, rates);
  countDifferences(bench, rates);
});
