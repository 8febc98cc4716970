import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMarketClient } from "#/market/market-client.ts";
import { openMarket, type OpenMarket } from "#/market/open-market.ts";
import { addSource } from "#/sources/add-source.ts";
import { eventually } from "#/testing/eventually.ts";
import { startProcess, type StartedProcess } from "#/testing/open-stack.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const TTL_SECONDS = 2;
let world: SyncWorld;
let market: OpenMarket;
const workers: StartedProcess[] = [];

beforeEach(async () => {
  world = await openSyncWorld();
  market = await openMarket({ models: 40 });
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop("SIGKILL");
  await market.close();
  await world.close();
});

async function startWorkerProcess(): Promise<StartedProcess> {
  const env = {
    ROLE: "worker",
    DATABASE_URL: world.url,
    LOG_LEVEL: "info",
    ALLOW_PRIVATE_NETWORK: "true",
    SYNC_LOCK_TTL_SECONDS: String(TTL_SECONDS),
    DRAIN_SECONDS: "0.5",
  };
  const worker = await startProcess({ entry: "src/server.ts", env, ready: /worker is ready/ });
  workers.push(worker);
  return worker;
}

/** A sync whose fetch takes far longer than the lock lasts, running in the first of two workers. */
async function startSlowSync(): Promise<{ jobId: string; holder: StartedProcess }> {
  await addSource(world.db, ACTOR, {
    name: "slow",
    kind: "litellm",
    url: `${market.url}/litellm/model_prices_and_context_window.json`,
  });
  // The server seeds its own sources when the book has none.
  await createMarketClient(market.url).setFault({ feed: "litellm", kind: "drip", bytesPerSecond: 500, times: 1 });
  const holder = await startWorkerProcess();
  const { jobId } = await world.trigger({ sources: ["slow"] });
  await eventually("it fetches", async () => {
    const [row] = await world.db.execute(
      sql`select progress #>> '{sources,slow,bytes}' as bytes from pricing_sync_jobs where job_id = ${jobId}`,
    );
    return Number(row?.["bytes"] ?? 0) > 0;
  });
  await startWorkerProcess();
  return { jobId, holder };
}

async function countStaleRows(): Promise<unknown> {
  // Judged from the tables alone: an event, log or history row of a fence, written after a higher fence was in use.
  return world.db.execute(sql`
    select a.id from pricing_sync_events a join pricing_sync_events b on b.fence > a.fence and b.id < a.id
    union all
    select a.id from model_pricing_history a join model_pricing_history b on b.fence > a.fence and b.id < a.id`);
}

test("a worker killed with -9 is taken over, and nothing is lost or doubled", async () => {
  const { jobId, holder } = await startSlowSync();
  await holder.stop("SIGKILL");
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 2 });
  expect(await countStaleRows()).toEqual([]);
  const [rows] = await world.db.execute(sql`
    select count(*)::int as rows, count(distinct (source, seller, model, variant))::int as offers from model_pricing_history`);
  expect(rows?.["rows"]).toBe(rows?.["offers"]);
  expect(rows?.["offers"]).toBe(sync.log[0]?.counts.created);
});

test("a worker that is frozen for longer than the lock lasts writes not one row when it wakes", async () => {
  const { jobId, holder } = await startSlowSync();
  holder.child.kill("SIGSTOP");
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 2 });
  holder.child.kill("SIGCONT");
  await eventually("it notices", async () => /"outcome":"(died|superseded)"/.test(holder.output()));
  expect(await countStaleRows()).toEqual([]);
  expect(await world.ended(jobId)).toMatchObject({ status: "success", attempt: 2, worker: sync.worker });
});

test("a worker that is asked to stop hands its sync over, and leaves with code 0", async () => {
  const { jobId, holder } = await startSlowSync();
  holder.child.kill("SIGTERM");
  const sync = await world.ended(jobId);
  expect(sync).toMatchObject({ status: "success", attempt: 2 });
  expect(await holder.stop()).toBe(0);
});
