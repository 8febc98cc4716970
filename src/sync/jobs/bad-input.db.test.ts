import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FaultInput } from "#/market/fault.ts";
import { FEED_PATHS, FEEDS, type Feed } from "#/market/feed.ts";
import { createMarketClient } from "#/market/market-client.ts";
import { openMarket, type OpenMarket } from "#/market/open-market.ts";
import { addSource } from "#/sources/add-source.ts";
import { listSources } from "#/sources/list-sources.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let market: OpenMarket;
let client: ReturnType<typeof createMarketClient>;

beforeAll(async () => {
  world = await openSyncWorld();
  market = await openMarket({ models: 60 });
  client = createMarketClient(market.url);
  for (const feed of FEEDS)
    await addSource(world.db, ACTOR, { name: feed, kind: feed, url: market.url + FEED_PATHS[feed] });
  await world.startWorker();
  await world.ended((await world.trigger()).jobId);
});
afterEach(async () => {
  await client.clearFaults();
  await world.db.execute(sql`update sources set retry_after = null, etag = null`);
});
afterAll(async () => {
  await market.close();
  await world.close();
});

async function prices(source: Feed): Promise<unknown> {
  return world.db.execute(sql`
    select seller, model, variant, state, charges, missed_payloads from model_pricing where source = ${source} order by id`);
}

const FAULTS: readonly [FaultInput, string, RegExp][] = [
  [{ feed: "litellm", kind: "status", status: 500 }, "http_status", /500/],
  [{ feed: "litellm", kind: "rate-limit", retryAfterSeconds: 7 }, "rate_limited", /[67] s/],
  [{ feed: "litellm", kind: "reset" }, "connection", /cut the connection before the payload was complete/],
  [{ feed: "openrouter", kind: "redirect-loop" }, "too_many_redirects", /redirect/i],
  [
    { feed: "openrouter", kind: "redirect", location: "http://169.254.169.254/latest/meta-data" },
    "private_address",
    /169\.254\.169\.254/,
  ],
  [{ feed: "models-dev", kind: "too-big" }, "too_large", /64 MiB/],
  [{ feed: "models-dev", kind: "gzip-bomb" }, "too_large", /64 MiB/],
  [{ feed: "models-dev", kind: "truncate" }, "truncated", /./],
  [{ feed: "openrouter", kind: "html" }, "not_json", /./],
  [{ feed: "litellm", kind: "wrong-root" }, "wrong_root", /./],
  [{ feed: "openrouter", kind: "empty" }, "empty", /./],
  [{ feed: "litellm", kind: "half" }, "collapsed", /lists only \d+ of the \d+ offers/],
];

test.each(FAULTS)("%j is that source's failure in words, and its last good prices stay", async (fault, code, words) => {
  const before = await prices(fault.feed);
  const success = (await listSources(world.db)).find((source) => source.name === fault.feed)?.lastSuccessAt;
  await client.setFault(fault);
  const sync = await world.ended((await world.trigger()).jobId);
  expect(sync.status).toBe("partial");
  const log = sync.log.find((entry) => entry.source === fault.feed);
  expect(log).toMatchObject({ outcome: "failed", errorCode: code, errorMessage: expect.stringMatching(words) });
  expect(sync.errorMessage).toContain(`${fault.feed}: ${log?.errorMessage ?? "?"}`);
  expect(sync.log.filter((entry) => entry.outcome === "unchanged")).toHaveLength(FEEDS.length - 1);
  expect(await prices(fault.feed)).toEqual(before);
  expect((await listSources(world.db)).find((source) => source.name === fault.feed)).toMatchObject({
    lastOutcome: "failed",
    lastSuccessAt: success,
  });
});

test.each(FEEDS)(
  "bad entries in a good document of %s are rejected one by one, and nothing beside them is lost",
  async (feed) => {
    await client.setFault({ feed, kind: "bad-entries" });
    const sync = await world.ended((await world.trigger({ sources: [feed] })).jobId);
    expect(sync.status).toBe("success");
    const counts = sync.log[0]?.counts;
    expect(counts?.rejected).toBeGreaterThanOrEqual(3);
    expect(Object.keys(counts?.rejectedBy ?? {}).toSorted()).toEqual(
      expect.arrayContaining(["negative", "not_a_number", "schema"]),
    );
    // The duplicate: the last one wins, and that it overwrote another is counted.
    expect(counts?.changed).toBeLessThanOrEqual(1);
    expect(counts?.missing).toBeLessThan(5);
    expect(sync.log[0]?.rejectSamples[0]?.path).toBeTruthy();
  },
);
