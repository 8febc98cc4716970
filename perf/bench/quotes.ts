/**
 * Times quotes: in process against the npm packages that work out costs, in turns in one run; ten thousand lines over HTTP
 * against a bare route that runs the same function over them and sends the same bytes; and whether any of a million generated requests costs more than its upper bound.
 *
 *   node perf/bench/quotes.ts [--quick]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { calcPrice } from "@pydantic/genai-prices";
import { calculateCost } from "ai-sdk-cost-calculator";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { readJsonBodies } from "#/api/rest-route.ts";
import { quoteUsage } from "#/book/quote-usage.ts";
import type { Charge } from "#/price/charge.ts";
import { compareDecimals, decimal } from "#/price/decimal.ts";
import { quoteRate, upperBound, type QuotableRate } from "#/price/quote.ts";
import { readUsage } from "#/price/usage.ts";
import { generatedCap, generatedRate, instantOf, usageWithin } from "#/testing/quote-samples.ts";
import { quantile } from "../quantile.ts";
import { openQuoteServer } from "./open-quote-server.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, spread, takeTurns } from "./take-turns.ts";

const ROUNDS = 7;
const CALLS = 200_000;
const LINES = 10_000;
const TARGET = { overFastestPeer: 1, postOverFloor: 1.3 };
const AT = "2026-08-01T12:00:00Z";

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

function timeInProcess(bench: Bench): void {
  const speeds = new Map<string, number[]>(Object.keys(TIMED).map((name) => [name, []]));
  const calls = bench.isQuick ? CALLS / 10 : CALLS;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(TIMED)) {
      const speed = perSecond(call, name === "genai-prices" ? calls / 10 : calls);
      // The first round warms up.
      if (round > 0) speeds.get(name)?.push(speed);
    }
  }
  for (const [name, values] of speeds) bench.note(`${name}: ${spread(values, "quotes/s")}`);
  const { ours = Number.NaN, ...peers } = Object.fromEntries(
    [...speeds].map(([name, values]) => [name, quantile(values, 0.5)]),
  );
  const value = ours / Math.max(...Object.values(peers));
  bench.report({
    what: "quotes of 3 meters, over the fastest package",
    value,
    unit: "x",
    least: TARGET.overFastestPeer,
  });
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

async function timePost(bench: Bench): Promise<void> {
  const { app, db } = await openQuoteServer(bench, RATE);
  const client = fork(new URL("../processes/post-quotes.ts", import.meta.url));
  bench.onClose("client", () => void client.kill());
  const answer = await quoteUsage({ db, findPresent: () => [RATE], now: AT }, QUESTION);
  await app.register(async (scope) => {
    readJsonBodies(scope);
    installFloor(scope, answer);
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const post = async (path: string) => {
    const answered = once(client, "message");
    client.send({ port, path, body: BODY });
    return z.tuple([z.number()]).parse((await answered).slice(0, 1))[0];
  };
  const alone: number[] = [];
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 9 : 3 * ROUNDS, warmUps: ROUNDS },
    {
      async floor(round) {
        const workMs = timeFunction(QUESTION);
        if (round >= 0) alone.push(workMs);
        return post("/floor");
      },
      ours: () => post("/v1/quotes"),
    },
  );
  const what = `POST /v1/quotes of ${LINES.toLocaleString("en")} lines`;
  const floor = "a bare route that runs the function and sends the same bytes";
  reportRatio(bench, turns, { what, ours: "ours", floor, unit: "ms", most: TARGET.postOverFloor });
  bench.note(`the function alone ${spread(alone, "ms")}`);
}

function checkBounds(bench: Bench, requests: number): void {
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
  const what = `requests above their bound, of ${bounded.toLocaleString("en")} that have one`;
  bench.report({ what, value: above, unit: "", most: 0 });
}

await runBench("What a request costs", async (bench) => {
  timeInProcess(bench);
  await timePost(bench);
  checkBounds(bench, bench.isQuick ? 50_000 : 1_000_000);
});
