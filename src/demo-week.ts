import { rename, rm } from "node:fs/promises";
import { desc, eq, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { rejectHolds } from "#/book/decide-holds.ts";
import { modelPricing, priceHolds } from "#/book/schema.ts";
import { setPin } from "#/book/set-pin.ts";
import type { Config } from "#/config.ts";
import type { MarketClient } from "#/market/market-client.ts";
import { systemClock } from "#/platform/clock.ts";
import { nowText } from "#/platform/database-clock.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { listTables, quoteName } from "#/platform/list-tables.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues, type Queue } from "#/platform/queue.ts";
import { withoutTriggers } from "#/platform/without-triggers.ts";
import { startServer } from "#/server.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { triggerSync } from "#/sync/jobs/trigger-sync.ts";
import { isEnded } from "#/terms/job-status.ts";

/** By how many steps the market's script moves on before each sync of the week; those that only wait are passed over. */
const STEPS = [0, 1, 2, 2, 10, 3, 7, 1, 6, 3, 1, 10, 2] as const;
const HOURS_APART = 12;
/** After this one LiteLLM's mistake of units is held. */
const MISTAKE = 2;
const LAST = STEPS.length - 1;
/** Who holds the demo's key. */
const ACTOR: Principal = { kind: "key", id: "bootstrap", label: "key:bootstrap", role: "admin", isBootstrap: true };
const POLL_MS = 20;

type Input = Readonly<{
  /** Its data folder is not there yet. */
  config: Config;
  market: MarketClient;
  sourceUrls: Partial<Record<SourceKind, string>>;
}>;

/**
 * Makes the demo's data folder with a week of the market in it. The syncs, holds and pins are real ones, played within seconds
 * by a worker of its own; only their instants are written afterwards, each moved back as a whole to where it belongs in
 * the week. The folder is built beside its place and moved there whole.
 */
export async function makeDemoWeek({ config, market, sourceUrls }: Input): Promise<void> {
  const dataDir = `${config.dataDir}.new`;
  await rm(dataDir, { recursive: true, force: true });
  const postgres = await openEmbeddedPostgres(dataDir);
  try {
    const seeding: Config = { ...config, dataDir, databaseUrl: postgres.url, role: "worker", logLevel: "error" };
    const server = await startServer(seeding, { sourceUrls, retryPace: 0.001 });
    let ends: readonly string[];
    try {
      ends = await playRuns(postgres.url, market);
    } finally {
      await server.close();
    }
    await moveIntoPast(postgres.url, ends);
  } finally {
    await postgres.close();
  }
  await rename(dataDir, config.dataDir);
}

/** Brings a market that has begun anew to where the week of an earlier start has left it. */
export async function passDemoWeek(market: MarketClient): Promise<void> {
  for (const index of STEPS.keys()) await moveMarket(market, index);
  await market.clearFaults();
}

async function moveMarket(market: MarketClient, index: number): Promise<void> {
  for (let step = 0; step < (STEPS[index] ?? 0); step += 1) await market.step();
  if (index !== LAST) return;
  const { changedModels } = await market.state();
  const [model = ""] = changedModels;
  await market.setPrice({ feed: "openrouter", model, meter: "input", usdPerMillion: "900" });
  await market.setFault({ feed: "litellm", kind: "status", status: 503 });
}

/** Answers the instant at which each run had ended. */
async function playRuns(url: string, market: MarketClient): Promise<string[]> {
  const queues = await openQueues({ url, log: createLog("warn") });
  const { db, close } = openDatabase(url, { max: 2, name: "demo" });
  const ends: string[] = [];
  try {
    const queue = await queues.open(SYNC_QUEUE);
    for (const index of STEPS.keys()) {
      await moveMarket(market, index);
      await runSync(db, queue);
      if (index === MISTAKE) await decideAsPeopleDo(db);
      ends.push(await nowText(db));
    }
    await market.clearFaults();
    return ends;
  } finally {
    await close();
    await queues.close();
  }
}

async function runSync(db: Db, queue: Queue): Promise<void> {
  const { jobId } = await triggerSync({ db, queue }, ACTOR, {});
  const { signal } = new AbortController();
  for (;;) {
    const [job] = await db
      .select({ status: pricingSyncJobs.status })
      .from(pricingSyncJobs)
      .where(eq(pricingSyncJobs.jobId, jobId));
    if (job === undefined || isEnded(job.status)) return;
    await systemClock.sleep(POLL_MS, signal);
  }
}

async function decideAsPeopleDo(db: Db): Promise<void> {
  const [held] = await db.select({ id: priceHolds.id }).from(priceHolds).where(eq(priceHolds.state, "open")).limit(1);
  if (held !== undefined)
    await rejectHolds(db, ACTOR, {
      filter: { ids: [String(held.id)] },
      reason: "The seller's own page says a millionth of it",
    });
  const [dearest] = await db
    .select({ seller: modelPricing.seller, model: modelPricing.model })
    .from(modelPricing)
    .where(sql`source = 'litellm' and variant = 'default' and output_usd_per_token is not null`)
    .orderBy(desc(modelPricing.outputUsdPerToken), modelPricing.model)
    .limit(1);
  if (dearest === undefined) throw new Error("the simulated market has no price to pin");
  await setPin(db, ACTOR, {
    ...dearest,
    variant: "default",
    meter: "output",
    charges: [{ meter: "output", unit: "token", amount: "0.000012" }],
    reason: "Our contract of this year",
  });
}

/** Moves every instant in the tables back; those of one run by the same time, so that nothing changes within it. */
async function moveIntoPast(url: string, ends: readonly string[]): Promise<void> {
  const { db, close } = openDatabase(url, { max: 1, name: "demo" });
  try {
    await moveInstants(db, ends);
  } finally {
    await close();
  }
}

async function moveInstants(db: Db, ends: readonly string[]): Promise<void> {
  const cases = ends.map(
    (end, index) => `when at <= '${end}' then at - interval '${1 + (LAST - index) * HOURS_APART} hours'`,
  );
  const tables = (await listTables(db)).map(({ table, columns }) => ({
    table,
    instants: columns.filter(({ type }) => type === "timestamp with time zone").map(({ name }) => quoteName(name)),
  }));
  const dated = tables.filter(({ instants }) => instants.length > 0);
  await db.transaction(async (tx) => {
    await tx.execute(
      sql.raw(`create function pg_temp.past(at timestamptz) returns timestamptz language sql immutable
        as $$ select case ${cases.join(" ")} else at end $$`),
    );
    await withoutTriggers(
      tx,
      dated.map(({ table }) => table),
      async () => {
        for (const { table, instants } of dated) {
          const changes = instants.map((name) => `${name} = pg_temp.past(${name})`).join(", ");
          await tx.execute(sql.raw(`update ${quoteName(table)} set ${changes}`));
        }
      },
    );
  });
}
