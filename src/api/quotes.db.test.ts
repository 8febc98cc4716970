import { afterAll, beforeAll, expect, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import type { UsageQuotes } from "#/book/quote-usage.ts";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;
beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  url = await doors.listen();
  await setPin(world.db, ACTOR, {
    seller: "acme",
    model: "m",
    variant: "default",
    charges: [
      { meter: "input", unit: "token", amount: "0.0000025" },
      { meter: "output", unit: "token", amount: "0.00001" },
    ],
    reason: "our contract",
  });
  await doors.prices.refresh();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

function post(payload: unknown, headers: Record<string, string> = { authorization: `Bearer ${DOORS_KEY}` }) {
  return doors.app.inject({ method: "POST", url: "/v1/quotes", headers, payload: payload as object });
}

const LINE = { id: "a", seller: "acme", model: "m", usage: { prompt_tokens: 1_000, completion_tokens: 100 } };

test("lines are quoted over REST, a bad one beside a good one", async () => {
  const answer = await post({ lines: [LINE, { model: "m", usage: 5 }], detail: true });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json<UsageQuotes>()).toMatchObject({
    total: "0.0035",
    priced: 1,
    errors: 1,
    quotes: [
      {
        id: "a",
        outcome: "priced",
        total: "0.0035",
        lines: [
          { meter: "input", unit: "token", units: 1_000, amount: "0.0000025", cost: "0.0025", charge: "input/token" },
          { meter: "output", units: 100, cost: "0.001" },
        ],
      },
      { outcome: "error", problem: expect.stringContaining("usage") },
    ],
  });
});

test("an answer says what every meter costs only where `detail` asks for it, over REST and in the typed client", async () => {
  const [lean] = (await post({ lines: [LINE] })).json<UsageQuotes>().quotes;
  expect(lean).toMatchObject({ id: "a", total: "0.0035" });
  expect(lean).not.toHaveProperty("lines");
  const refused = await post({ lines: [LINE], detail: "yes" });
  expect(refused.json()).toMatchObject({ status: 422, detail: expect.stringContaining("detail") });
  const client = createRatebookClient({ url, apiKey: DOORS_KEY });
  const quoteOf = async (detail?: boolean) => (await client.prices.quote.query({ lines: [LINE], detail })).quotes[0];
  expect(await quoteOf()).not.toHaveProperty("lines");
  expect((await quoteOf(true))?.lines).toMatchObject([{ meter: "input", cost: "0.0025" }, { meter: "output" }]);
});

test("ten thousand lines of a provider's usage objects fit, and one more is refused", async () => {
  const details = { prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 }, note: "x".repeat(600) };
  const lines = Array.from({ length: 10_000 }, (_, i) => ({
    ...LINE,
    id: String(i),
    usage: { ...LINE.usage, ...details },
  }));
  const answer = await post({ lines });
  expect(answer.json<UsageQuotes>()).toMatchObject({ priced: 10_000, total: "35" });
  expect((await post({ lines: [...lines, LINE] })).json()).toMatchObject({
    status: 422,
    detail: expect.stringContaining("10000"),
  });
});

test("what holds no lines is refused in words, and so is everybody without a key", async () => {
  for (const body of [{}, [], { lines: "m" }]) expect((await post(body)).json()).toMatchObject({ status: 422 });
  expect((await post({ lines: [] }, {})).statusCode).toBe(401);
});

test("the typed client quotes more lines than an address can hold", async () => {
  const client = createRatebookClient({ url, apiKey: DOORS_KEY });
  const answer = await client.prices.quote.query({ lines: Array.from({ length: 1_000 }, () => LINE) });
  expect(answer).toMatchObject({ priced: 1_000, total: "3.5" });
  expect(answer.quotes[0]).toMatchObject({ id: "a", seller: "acme", total: "0.0035" });
});
