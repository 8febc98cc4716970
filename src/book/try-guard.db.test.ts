import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tryGuard } from "#/book/try-guard.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

type Price = Readonly<{ source: string; seller?: string; model: string; usd: string; minutesAgo: number }>;

/** Prices per 1M tokens, input and output alike, as syncs have written them. */
async function addHistory(prices: readonly Price[]): Promise<void> {
  await database.db.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, effective_at, observed_at, cause)
    select source, coalesce(seller, 'acme'), model, 'default', model, coalesce(seller, 'acme'), 'priced', jsonb_build_array(
        jsonb_build_object('meter', 'input', 'unit', 'token', 'amount', trim_scale(usd / 1000000)::text),
        jsonb_build_object('meter', 'output', 'unit', 'token', 'amount', trim_scale(usd / 1000000)::text)),
      'f', at, at, 'sync'
    from (select *, date_trunc('minute', clock_timestamp()) - "minutesAgo" * interval '1 minute' as at
      from jsonb_to_recordset(${JSON.stringify(prices)}::text::jsonb) as row(source text, seller text, model text,
        usd numeric, "minutesAgo" int)) p`);
  await database.db.execute(sql`
    insert into model_pricing (source, seller, model, variant, listing, listed_as, state, charges, fingerprint, effective_at, observed_at)
    select distinct on (source, seller, model) source, seller, model, variant, listing, listed_as, state, charges, fingerprint,
      effective_at, observed_at
    from model_pricing_history order by source, seller, model, effective_at desc on conflict do nothing`);
}

test("each price is judged with what the other sources had in force at its moment, before and after they moved", async () => {
  await addHistory([
    { source: "other", model: "moving", usd: "150", minutesAgo: 90_000 },
    { source: "played", model: "moving", usd: "150", minutesAgo: 60 },
    { source: "other", model: "moving", usd: "20", minutesAgo: 40 },
    { source: "played", model: "moving", usd: "151", minutesAgo: 20 },
    { source: "other", model: "moving", usd: "151", minutesAgo: 10 },
    { source: "played", model: "moving", usd: "150.5", minutesAgo: 5 },
  ]);
  const trial = await tryGuard(database.db, { source: "played", guard: {}, days: 30 });
  expect(trial).toMatchObject({ arrivals: 3, wouldHold: 1, didHold: 0, isCut: false, byReason: { BOUND: 1 } });
  expect(trial.lines).toMatchObject([{ model: "moving", reasons: ["BOUND", "PEER_SAME"] }]);
});

test("more prices than can be judged at once, or more moves beside them, are cut to the newest, and the answer says so", async () => {
  const hours = Array.from({ length: 20 }, (_, index) => index);
  await addHistory(
    hours.flatMap((hour) => [
      { source: "long", model: "cut", usd: "1", minutesAgo: 60 * hour + 30 },
      { source: "beside", model: "cut", usd: "1", minutesAgo: 60 * hour + 45 },
    ]),
  );
  const most = { arrivals: 100, moves: 1_000 };
  const input = { source: "long", guard: {}, days: 30 };
  expect(await tryGuard(database.db, { ...input, most })).toMatchObject({ arrivals: 20, isCut: false });
  expect(await tryGuard(database.db, { ...input, most: { ...most, arrivals: 5 } })).toMatchObject({
    arrivals: 5,
    isCut: true,
  });
  const byMoves = await tryGuard(database.db, { ...input, most: { ...most, moves: 8 } });
  expect(byMoves.isCut).toBe(true);
  expect(byMoves.arrivals).toBeLessThan(12);
});

test("a long trial lets the rest of the process go first after every row and every hundred offers", async () => {
  const models = Array.from({ length: 300 }, (_, index) => `maker/model-${index}-instruct`);
  const minutes = [1, 2, 3, 4];
  for (const source of ["busy", "peer-1"])
    await addHistory(
      minutes.flatMap((minutesAgo) =>
        models.map((model) => ({ source, model, usd: `${1 + minutesAgo / 10}`, minutesAgo })),
      ),
    );
  let turns = 0;
  const turn = async () => void (turns += 1);
  const trial = await tryGuard(database.db, { source: "busy", guard: {}, days: 30, turn });
  const rows = 2 * models.length * minutes.length;
  expect(trial.arrivals).toBe(rows / 2);
  expect(turns).toBeGreaterThanOrEqual(rows + minutes.length * 3);
});
