/**
 * Times quotes: in process against the npm packages that work out costs, in turns in one run; ten thousand lines over HTTP
 * against a bare route that runs the same function over them and sends the same bytes; and whether any of a million generated requests costs more than its upper bound.
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
import Fastify, { type FastifyInstance } from "fastify";
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
const TARGET = { overFastestPeer: 1, postOverFloor: 1.3 };
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

/** The pure function over all lines; answers its milliseconds. */
function timeFunction(lines: readonly { usage: unknown }[]): number {
  const start = performance.now();
  const quotes = lines.map(({ usage }) => {
    const reading = readUsage(usage);
    return reading.ok ? quoteRate(RATE, reading.usage, { at: AT }) : undefined;
  });
  const workMs = performance.now() - start;
  if (quotes.includes(undefined)) throw new Error("a line was not quoted");
  return workMs;
}

/** What any server has to do: read the question, run the function, and write and send an answer, which is ready here. */
function installFloor(app: FastifyInstance, answer: unknown): void {
  app.post("/floor", { bodyLimit: 16 * 1024 * 1024 }, (request, reply) => {
    timeFunction((request.body as { lines: { usage: unknown }[] }).lines);
    return reply.type("application/json").send(Buffer.from(JSON.stringify(answer)));
  });
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
    const answer = await quoteUsage({ db: database.db, findPresent: () => [RATE], now: AT }, QUESTION);
    await app.register(async (scope) => {
      readJsonBodies(scope);
      installQuoteRoutes(scope, { db: database.db, findPresent: () => [RATE], prices: { current: () => book } });
      installFloor(scope, answer);
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const post = async (path: string) => {
      const answered = once(client, "message");
      client.send({ port, path, body: BODY });
      return z.tuple([z.number()]).parse((await answered).slice(0, 1))[0];
    };
    const times: Record<"work" | "floor" | "post", number[]> = { work: [], floor: [], post: [] };
    for (let round = 0; round <= 4 * ROUNDS; round += 1) {
      const workMs = timeFunction(QUESTION);
      const floorMs = await post("/floor");
      const postMs = await post("/v1/quotes");
      // The first ones warm up.
      if (round < ROUNDS) continue;
      times.work.push(workMs);
      times.floor.push(floorMs);
      times.post.push(postMs);
    }
    reportPost(median(times.work), median(times.floor), median(times.post));
  } finally {
    client.kill();
    await app.close();
    await database.close();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function reportPost(workMs: number, floorMs: number, postMs: number): void {
  report(`the function over ${LINES.toLocaleString("en")} lines`, `${workMs.toFixed(1)} ms`);
  report("  in a bare route that sends the same bytes", `${floorMs.toFixed(1)} ms`);
  report(`POST /v1/quotes of the same lines`, `${postMs.toFixed(1)} ms`);
  report(
    "  over the function alone",
    `${(postMs / workMs).toFixed(2)}x, the bare route ${(floorMs / workMs).toFixed(2)}x`,
  );
  const ratio = postMs / floorMs;
  report(
    "  over the bare route",
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
