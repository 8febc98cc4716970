import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "#/platform/log.ts";
import { openNotificationHub, type NotificationHub } from "#/platform/notification-hub.ts";
import { appendEvent, SYNC_EVENT_CHANNEL } from "#/sync/events/append-event.ts";
import { openEventFeed, type EventFeed } from "#/sync/events/event-feed.ts";
import { watchEvents } from "#/sync/events/watch-events.ts";
import { eventually } from "#/testing/eventually.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let hub: NotificationHub;
let feed: EventFeed;
let jobId: string;
let otherJobId: string;

beforeAll(async () => {
  world = await openSyncWorld();
  hub = openHub(200);
  feed = openEventFeed({ db: world.db, hub, log: createLog("silent") });
  ({ jobId } = await world.trigger());
  ({ jobId: otherJobId } = await world.trigger());
});
afterAll(async () => {
  await hub.close();
  await world.close();
});

function openHub(heartbeatMs: number): NotificationHub {
  return openNotificationHub({ url: world.url, channels: [SYNC_EVENT_CHANNEL], log: createLog("silent"), heartbeatMs });
}

function append(message: string, to = jobId): Promise<void> {
  return world.db.transaction((tx) =>
    appendEvent(tx, { jobId: to, kind: "progress", data: { message, status: "running" } }),
  );
}

/** Collects messages until told to stop: of the one job, or of all. */
function watch(afterId?: bigint, of: { jobId?: string } = { jobId }, from = feed) {
  const stop = new AbortController();
  const seen: { id: bigint; message: string }[] = [];
  const done = (async () => {
    for await (const event of watchEvents({ db: world.db, feed: from }, { ...of, afterId, signal: stop.signal })) {
      seen.push({ id: event.id, message: event.data.message });
    }
  })().catch(() => {});
  return {
    seen,
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

async function newest(): Promise<bigint> {
  const [row] = await world.db.execute<{ id: string }>(sql`select max(id)::text as id from pricing_sync_events`);
  return BigInt(row?.id ?? 0);
}

test("a watcher sees what was before, what comes after, and each once", async () => {
  await append("before");
  const watcher = watch();
  await eventually("the past is replayed", async () => watcher.seen.length >= 2);
  await append("after");
  await eventually("the new one arrives", async () => watcher.seen.at(-1)?.message === "after");
  expect(new Set(watcher.seen.map((event) => event.id)).size).toBe(watcher.seen.length);
  await watcher.stop();
});

test("a watcher that comes back with its last event id misses nothing and sees nothing twice", async () => {
  const first = watch(await newest());
  await append("seen 1");
  await eventually("it arrives", async () => first.seen.length === 1);
  await first.stop();
  await append("missed 1");
  await append("missed 2");
  const second = watch(first.seen.at(-1)?.id);
  await eventually("they are replayed", async () => second.seen.length === 2);
  expect(second.seen.map((event) => event.message)).toEqual(["missed 1", "missed 2"]);
  await second.stop();
});

test("events written while the listening connection is cut arrive all the same", async () => {
  const watcher = watch(await newest());
  for (let round = 0; round < 5; round += 1) {
    await world.db.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ratebook listen' and datname = current_database()`,
    );
    await append(`cut ${round}`);
  }
  await eventually("all five arrive", async () => watcher.seen.length === 5);
  expect(watcher.seen.map((event) => event.message)).toEqual([0, 1, 2, 3, 4].map((round) => `cut ${round}`));
  await watcher.stop();
});

test("events of transactions that commit in another order than they began are all seen, in the order of their ids", async () => {
  const watcher = watch(await newest());
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      world.db.transaction(async (tx) => {
        await appendEvent(tx, { jobId, kind: "progress", data: { message: `t${i}`, status: "running" } });
        await tx.execute(sql`select pg_sleep(${(i % 3) / 100})`);
      }),
    ),
  );
  await eventually("all thirty arrive", async () => watcher.seen.length === 30);
  const ids = watcher.seen.map((event) => event.id);
  expect(ids).toEqual(ids.toSorted((a, b) => Number(a - b)));
  await watcher.stop();
});

/** Appends an event in a transaction that stays open until it is told how to end. */
async function appendSlowly(message: string) {
  const appended = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const ended = world.db.transaction(async (tx) => {
    await appendEvent(tx, { jobId, kind: "progress", data: { message, status: "running" } });
    appended.resolve();
    await end.promise;
  });
  await Promise.race([appended.promise, ended]);
  return {
    async commit() {
      end.resolve();
      await ended;
    },
    async rollBack() {
      end.reject(new Error("rolled back"));
      await ended.catch(() => {});
    },
  };
}

test("appending waits for nobody, and an event that commits late is told before one that it came before", async () => {
  const watcher = watch(undefined, {});
  const replaying = watch(await newest(), {});
  await append("told at once");
  await eventually("both watch", async () => [watcher, replaying].every(({ seen }) => seen.length === 1));
  const slow = await appendSlowly("begun first");
  await append("begun second", otherJobId);
  const late = watch(watcher.seen.at(-1)?.id, {});
  // Longer than it takes to be told of an event.
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect([watcher, replaying, late].map(({ seen }) => seen.at(-1)?.message)).toEqual([
    "told at once",
    "told at once",
    undefined,
  ]);
  await slow.commit();
  await eventually("all are told of both", async () =>
    [watcher, replaying, late].every(({ seen }) => seen.at(-1)?.message === "begun second"),
  );
  for (const { seen, stop } of [watcher, replaying, late]) {
    expect(seen.slice(-2).map(({ message }) => message)).toEqual(["begun first", "begun second"]);
    await stop();
  }
});

test("an event that never commits holds the later ones back no longer than its transaction", async () => {
  // One that tells nobody to look for himself meanwhile.
  const quietHub = openHub(60_000);
  const watcher = watch(undefined, {}, openEventFeed({ db: world.db, hub: quietHub, log: createLog("silent") }));
  await eventually("it watches", async () => {
    await append("told at once");
    return watcher.seen.length > 0;
  });
  const slow = await appendSlowly("never told");
  await append("told later", otherJobId);
  await slow.rollBack();
  await eventually("the later one is told", async () => watcher.seen.at(-1)?.message === "told later");
  await watcher.stop();
  await quietHub.close();
});

test("a thousand watchers on one process hear every event by one listening connection and few queries", async () => {
  const after = await newest();
  const watchers = Array.from({ length: 1_000 }, () => watch(after));
  await eventually("all have come", async () => {
    await append("first");
    return watchers.every(({ seen }) => seen.length > 0);
  });
  const [before] = await world.db.execute<{ calls: string }>(
    sql`select seq_scan + idx_scan as calls from pg_stat_user_tables where relname = 'pricing_sync_events'`,
  );
  for (let round = 0; round < 20; round += 1) await append(`round ${round}`);
  await eventually("all have heard the last", async () =>
    watchers.every(({ seen }) => seen.at(-1)?.message === "round 19"),
  );
  const [reference] = watchers;
  const ids = reference?.seen.map(({ id }) => id);
  expect(ids).toEqual(ids?.toSorted((a, b) => Number(a - b)));
  for (const { seen } of watchers) expect(seen.map(({ id }) => id)).toEqual(ids);
  // One that was too busy to hear its heartbeat is being made anew.
  await eventually("one connection listens", async () => {
    const [listening] = await world.db.execute<{ connections: number }>(sql`
      select count(*)::int as connections from pg_stat_activity
      where application_name = 'ratebook listen' and query ilike 'listen%' and datname = current_database()`);
    return listening?.connections === 1;
  });
  await Promise.all(watchers.map(({ stop }) => stop()));
  await world.db.execute(sql`select pg_stat_force_next_flush()`);
  const [scans] = await world.db.execute<{ calls: string }>(
    sql`select seq_scan + idx_scan as calls from pg_stat_user_tables where relname = 'pricing_sync_events'`,
  );
  // A read per watcher and event would be 20,000.
  expect(Number(scans?.calls) - Number(before?.calls)).toBeLessThan(5_000);
});

test("a watcher's stream ends when the sync has ended", async () => {
  await world.db.execute(sql`update pricing_sync_jobs set status = 'cancelled'`);
  const events = [];
  for await (const event of watchEvents({ db: world.db, feed }, { jobId, signal: new AbortController().signal }))
    events.push(event);
  expect(events.length).toBeGreaterThan(30);
});
