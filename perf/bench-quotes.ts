/**
 * Times quotes: in process against the npm packages that work out costs, in turns in one run; ten thousand lines over HTTP
 * against the same function with the JSON that they need; and whether any of a million generated requests costs more than its upper bound.
 *
 *   node perf/bench-quotes.ts [REQUESTS]
 *
 * Exit code 1 when a target is not kept.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calcPrice } from "@pydantic/genai-prices";
import { calculateCost } from "ai-sdk-cost-calculator";
import Fastify from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { installQuoteRoutes } from "#/api/quote-routes.ts";
import { readJsonBodies } from "#/api/rest-route.ts";
import { quoteUsage } from "#/book/quote-usage.ts";
import { openDatabase } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import type { Charge } from "#/price/charge.ts";
import { compareDecimals, decimal } from "#/price/decimal.ts";
import { quoteRate, upperBound, type QuotableRate } from "#/price/quote.ts";
import { indexSellers } from "#/price/sellers.ts";
import { readUsage } from "#/price/usage.ts";
import { generatedCap, generatedRate, instantOf, usageWithin } from "#/testing/quote-samples.ts";

const ROUNDS = 7;
const CALLS = 200_000;
const LINES = 10_000;
const TARGET = { overFastestPeer: 1, postOverFloor: 1.5 };
const AT = "2026-08-01T12:00:00Z";
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

let kept = true;
function report(what: string, value: string, isKept = true): void {
  kept &&= isKept;
  process.stdout.write(`${isKept ? "ok  " : "OVER"}  ${what.padEnd(66)} ${value}\n`);
}

const charge = (meter: Charge["meter"], amount: string): Charge => ({ meter, unit: "token", amount: decimal(amount) });
const RATE: QuotableRate = {
  seller: "openai",
  model: "gpt-4o",
  variant: "default",
  state: "priced",
  charges: [charge("input", "0.0000025"), charge("output", "0.00001"), charge("cache_read", "0.00000125")],
};

const TIMED = {
  ours: (i: number) => void quoteRate(RATE, { input: 1_000 + (i % 100), cache_read: 200, output: 300 }, { at: AT }),
  "ai-sdk-cost-calculator": (i: number) =>
    void calculateCost({
      model: "gpt-4o",
      usage: {
        inputTokens: 1_200 + (i % 100),
        outputTokens: 300,
        totalTokens: 1_500 + (i % 100),
        inputTokenDetails: { noCacheTokens: 1_000 + (i % 100), cacheReadTokens: 200, cacheWriteTokens: 0 },
        outputTokenDetails: { textTokens: 300, reasoningTokens: 0 },
      },
    }),
  "genai-prices": (i: number) =>
    void calcPrice({ input_tokens: 1_200 + (i % 100), cache_read_tokens: 200, output_tokens: 300 }, "gpt-4o", {
      providerId: "openai",
    }),
} as const;

function perSecond(call: (i: number) => void, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i += 1) call(i);
  return (calls / (performance.now() - start)) * 1_000;
}

function timeInProcess(): void {
  const speeds: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(TIMED)) {
      const speed = perSecond(call, name === "genai-prices" ? CALLS / 10 : CALLS);
      // The first round warms up.
      if (round > 0) (speeds[name] ??= []).push(speed);
    }
  }
  const of = (name: keyof typeof TIMED) => median(speeds[name] ?? []);
  for (const name of ["ours", "ai-sdk-cost-calculator", "genai-prices"] as const)
    report(`quotes of 3 meters, in process: ${name}`, `${Math.round(of(name)).toLocaleString("en")}/s`);
  const ratio = of("ours") / Math.max(of("ai-sdk-cost-calculator"), of("genai-prices"));
  report(
    "  over the fastest of them",
    `${ratio.toFixed(2)}x  target >= ${TARGET.overFastestPeer}x`,
    ratio >= TARGET.overFastestPeer,
  );
}

const QUESTION = Array.from({ length: LINES }, (_, i) => ({
  seller: RATE.seller,
  model: RATE.model,
  usage: { input: 1_000 + i, cache_read: 200, output: 300 },
}));
const BODY = JSON.stringify({ lines: QUESTION });

/** The function over all lines, and then the JSON without which nothing can be asked or answered: the question read, the answer written. */
function timeFloor(answer: unknown): Readonly<{ workMs: number; jsonMs: number }> {
  const start = performance.now();
  const quotes = QUESTION.map(({ usage }) => {
    const reading = readUsage(usage);
    return reading.ok ? quoteRate(RATE, reading.usage, { at: AT }) : undefined;
  });
  const quoted = performance.now();
  const read: unknown = JSON.parse(BODY);
  const text = JSON.stringify(answer);
  const written = performance.now();
  if (quotes.includes(undefined) || read === undefined || text.length === 0)
    throw new Error("something was not quoted");
  return { workMs: quoted - start, jsonMs: written - quoted };
}

async function timePost(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-bench-"));
  const postgres = await openEmbeddedPostgres(folder);
  await migrateDatabase(postgres.url);
  const database = openDatabase(postgres.url, { max: 2, name: "bench" });
  const book = { sellers: indexSellers() };
  const app = Fastify();
  const client = fork(new URL("post-quotes.ts", import.meta.url));
  app.setSerializerCompiler(serializerCompiler);
  try {
    await app.register(async (scope) => {
      readJsonBodies(scope);
      installQuoteRoutes(scope, { db: database.db, findPresent: () => [RATE], prices: { current: () => book } });
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const answer = await quoteUsage({ db: database.db, findPresent: () => [RATE], now: AT }, QUESTION);
    const times: Record<"work" | "json" | "post", number[]> = { work: [], json: [], post: [] };
    for (let round = 0; round <= 3 * ROUNDS; round += 1) {
      const { workMs, jsonMs } = timeFloor(answer);
      const answered = once(client, "message");
      client.send({ port, body: BODY });
      const [postMs] = z.tuple([z.number()]).parse((await answered).slice(0, 1));
      if (round < ROUNDS) continue;
      times.work.push(workMs);
      times.json.push(jsonMs);
      times.post.push(postMs);
    }
    reportPost(median(times.work), median(times.json), median(times.post));
  } finally {
    client.kill();
    await app.close();
    await database.close();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function reportPost(workMs: number, jsonMs: number, postMs: number): void {
  const floorMs = workMs + jsonMs;
  report(`the function over ${LINES.toLocaleString("en")} lines`, `${workMs.toFixed(1)} ms`);
  report("  JSON.parse of the question and JSON.stringify of the answer", `${jsonMs.toFixed(1)} ms`);
  report(`POST /v1/quotes of the same lines`, `${postMs.toFixed(1)} ms`);
  report(
    "  over the function alone",
    `${(postMs / workMs).toFixed(2)}x, and no less than ${(floorMs / workMs).toFixed(2)}x`,
  );
  const ratio = postMs / floorMs;
  report(
    "  over the function with that JSON",
    `${ratio.toFixed(2)}x  target <= ${TARGET.postOverFloor}x`,
    ratio <= TARGET.postOverFloor,
  );
}

function checkBounds(requests: number): void {
  let above = 0;
  let bounded = 0;
  for (let seed = 0; seed < requests; seed += 1) {
    const rate = generatedRate(seed);
    const cap = generatedCap(seed * 31 + 7);
    const bound = upperBound(rate, cap);
    const { total } = quoteRate(rate, usageWithin(cap, seed * 13 + 1), { at: instantOf(seed * 17) });
    if (bound === undefined || total === null) continue;
    bounded += 1;
    if (compareDecimals(total, bound) > 0) above += 1;
  }
  report(
    `requests above their upper bound, of ${bounded.toLocaleString("en")} of ${requests.toLocaleString("en")} that have one`,
    `${above}  target 0`,
    above === 0,
  );
}

timeInProcess();
await timePost();
checkBounds(Number(process.argv[2] ?? 1_000_000));
process.exitCode = kept ? 0 : 1;
