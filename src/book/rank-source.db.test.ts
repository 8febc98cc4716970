import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rankSource } from "#/book/rank-source.ts";
import { ACTOR, fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

const MODELS = 25;

/** A LiteLLM map in which the model `n` costs 1e-6 times what `factorOf` says. */
function documentOf(factorOf: (n: number) => number): string {
  return JSON.stringify(
    Object.fromEntries(
      Array.from({ length: MODELS }, (_one, n) => [
        `acme/m-${String(n).padStart(2, "0")}`,
        {
          litellm_provider: "acme",
          mode: "chat",
          input_cost_per_token: 1e-6 * factorOf(n),
          output_cost_per_token: 4e-6,
        },
      ]),
    ),
  );
}

test("a trial of another rank counts the prices that move, names the 20 that move most, and changes nothing", async () => {
  await world.addSource("first", () => fetched(documentOf(() => 1)), "litellm");
  // The later a model is in the order of pages, the further it is apart; one comes from elsewhere at the same amounts.
  await world.addSource("second", () => fetched(documentOf((n) => 1 + n / 20)), "litellm");
  const { jobId } = await world.trigger({ sources: ["first", "second"] });
  await world.ended(jobId);
  const digest = async () =>
    (
      await world.db.execute(sql`
      select (select md5(string_agg(r::text, ',' order by id)) from rates r) as rates, (select count(*) from book_versions) as versions,
        (select count(*) from source_orders) as orders, (select count(*) from audit_log) as audits`)
    )[0];
  const before = await digest();
  const input = { name: "second", rank: 1, reason: "a look first" };
  const trial = await rankSource(world.db, ACTOR, { ...input, dryRun: true });
  expect(trial).toMatchObject({ order: ["second", "first"], settled: MODELS, changed: MODELS - 1, isDryRun: true });
  const largest = Array.from({ length: 20 }, (_one, place) => `m-${String(MODELS - 1 - place).padStart(2, "0")}`);
  expect(trial.changes.map(({ model }) => model)).toEqual(largest);
  expect(await digest()).toEqual(before);
  const moved = await rankSource(world.db, ACTOR, { ...input, dryRun: false });
  expect(moved).toMatchObject({ settled: MODELS, changed: MODELS - 1, isDryRun: false });
  expect(moved.changes.map(({ model }) => model)).toEqual(largest);
});
