import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
beforeAll(async () => {
  world = await openSyncWorld();
  // The same database by other connections: what matters here is who is asked.
  doors = await openDoors(world, { replicaUrl: world.url });
  await setPin(world.db, ACTOR, {
    seller: "acme",
    model: "m",
    variant: "default",
    charges: [{ meter: "input", unit: "token", amount: "0.0000025" }],
    reason: "our contract",
  });
  await doors.prices.refresh();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

/** What the replica was asked last, beside where it stands. */
async function askedLast(): Promise<string | undefined> {
  const [row] = await world.db.execute<{ query: string }>(sql`
    select concat(query_start, query) as query from pg_stat_activity
    where application_name like '% past' and datname = current_database() and query not like '%as documents%'
    order by query_start desc limit 1`);
  return row?.query;
}

const headers = { authorization: `Bearer ${DOORS_KEY}` };
const at = new Date(Date.now() + 60_000).toISOString();
const LINE = { seller: "acme", model: "m", usage: { prompt_tokens: 1 } };
const trpc = (path: string, input: unknown) => () =>
  doors.app.inject({ url: `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, headers });
const quote = (line: object) => () =>
  doors.app.inject({ method: "POST", url: "/v1/quotes", headers, payload: { lines: [line] } });

test.each([
  ["a page at an instant", () => doors.app.inject({ url: `/v1/prices?at=${at}`, headers })],
  ["a quote at an instant", quote({ ...LINE, at })],
  ["prices.quote at an instant", trpc("prices.quote", { lines: [{ ...LINE, at }] })],
  ["prices.get at an instant", trpc("prices.get", { model: "m", at })],
  ["prices.get as it was known", trpc("prices.get", { model: "m", knownAt: at })],
  ["prices.diff", trpc("prices.diff", { from: "2026-01-01T00:00:00Z" })],
])("%s is read from the replica", async (_what, ask) => {
  const before = await askedLast();
  const answer = await ask();
  expect(answer.statusCode, answer.body).toBe(200);
  expect(await askedLast()).not.toBe(before);
});

test.each([
  ["a quote of now", quote(LINE)],
  ["prices.get of now", trpc("prices.get", { model: "m" })],
])("%s is not", async (_what, ask) => {
  const before = await askedLast();
  expect((await ask()).statusCode).toBe(200);
  expect(await askedLast()).toBe(before);
});
