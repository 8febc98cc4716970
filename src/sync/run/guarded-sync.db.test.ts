import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveHolds, rejectHolds } from "#/book/decide-holds.ts";
import { getPrice } from "#/book/get-price.ts";
import { listRateHistory } from "#/book/list-rate-history.ts";
import { listHolds } from "#/book/list-holds.ts";
import { listPins } from "#/book/list-pins.ts";
import { reopenHolds } from "#/book/reopen-holds.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { tuneSource } from "#/sources/tune-source.ts";
import { triggerReplay } from "#/sync/jobs/trigger-replay.ts";
import { triggerRevert } from "#/sync/jobs/trigger-revert.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.startWorker();
});
afterAll(() => world.close());

type Prices = Record<string, readonly [string, string]>;
const REASON = "checked on the seller's page";

/** A source of its own per test; `serve` sets what it answers next. */
async function openSource(name: string, prices: Prices) {
  let text = openrouterDocument(prices);
  await world.addSource(name, () => fetched(text));
  return {
    serve: (next: Prices) => void (text = openrouterDocument(next)),
    serveText: (next: string) => void (text = next),
    async sync(more: { dryRun?: boolean } = {}) {
      return world.ended((await world.trigger({ sources: [name], ...more })).jobId);
    },
    input: async (model: string) => {
      const { effective } = await getPrice(world.db, { model });
      return effective[0]?.charges.find(({ meter }) => meter === "input")?.amount;
    },
    holds: () => listHolds(world.db, { filter: { source: name }, limit: 50 }),
  };
}

const count = async (table: string) =>
  (await world.db.execute<{ n: number }>(sql`select count(*)::int as n from ${sql.identifier(table)}`))[0]?.n;

test("a price that jumps is held with its reason, the last good one stays in force, and the model says so", async () => {
  const source = await openSource("jump", { "a/jump": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/jump": ["0.0001", "0.0004"] });
  const sync = await source.sync();
  expect(sync.log).toMatchObject([{ counts: { changed: 0, held: 1 } }]);
  expect(await source.input("a/jump")).toBe("0.000001");
  const [hold] = await source.holds();
  expect(hold).toMatchObject({ state: "open", reasons: expect.arrayContaining(["JUMP"]), old: { state: "priced" } });
  const { offers } = await getPrice(world.db, { model: "a/jump" });
  expect(offers[0]?.listing.heldBy).toBe(hold?.id);
});

test("the same held value is one hold however often it is seen; when it goes away the hold resolves itself", async () => {
  const source = await openSource("again", { "a/again": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/again": ["0.0001", "0.0004"] });
  await source.sync();
  await source.sync();
  expect(await source.holds()).toHaveLength(1);
  source.serve({ "a/again": ["0.000001", "0.000004"] });
  await source.sync();
  expect(await source.holds()).toMatchObject(
    [{ state: "resolved", decidedBy: null, decision: /gone upstream/ }].map((one) => ({
      ...one,
      decision: expect.stringMatching(one.decision),
    })),
  );
});

test("the same payload is judged again only when another source has moved, or the thresholds were tuned", async () => {
  const source = await openSource("still", { "a/still": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/still": ["0.0001", "0.0004"] });
  await source.sync();
  const [hold] = await source.holds();
  const sync = async () => (await source.sync()).log[0];
  const asked = { outcome: "unchanged", counts: { offers: 1, unchanged: 0, held: 0, stillHeld: 1 } };
  expect(await sync()).toMatchObject({ ...asked, parseMs: null });
  const [seen] = await source.holds();
  expect(Date.parse(seen?.lastSeenAt ?? "")).toBeGreaterThan(Date.parse(hold?.lastSeenAt ?? ""));
  const other = await openSource("still-peer", { "a/elsewhere": ["0.000001", "0.000004"] });
  await other.sync();
  expect(await sync()).toMatchObject({ ...asked, parseMs: expect.any(Number) });
  expect(await sync()).toMatchObject({ ...asked, parseMs: null });
  await tuneSource(world.db, ACTOR, { name: "still", guard: { jumpUp: 50 }, reason: REASON });
  expect(await sync()).toMatchObject({ ...asked, parseMs: expect.any(Number) });
});

test("a first price that another source contradicts is held with that evidence, and one that it confirms is not", async () => {
  const cheap = ["0.0000001", "0.0000004"] as const;
  const dear = ["0.00001", "0.00004"] as const;
  const other = await openSource("evidence", { "a/low": cheap, "a/high": dear });
  await other.sync();
  const source = await openSource("mistaken", { "a/low": dear, "a/high": dear });
  expect((await source.sync()).log).toMatchObject([{ counts: { created: 1, held: 1 } }]);
  expect(await source.holds()).toMatchObject([
    {
      model: "a/low",
      reasons: ["PEER_SAME"],
      evidence: [{ source: "evidence", model: "a/low" }],
    },
  ]);
});

test("another wrong value replaces the hold", async () => {
  const source = await openSource("replaced", { "a/replaced": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/replaced": ["0.0001", "0.0004"] });
  await source.sync();
  source.serve({ "a/replaced": ["0.0002", "0.0008"] });
  await source.sync();
  const [newest, older] = await source.holds();
  expect(newest).toMatchObject({ state: "open", new: { charges: [{ amount: "0.0002" }, {}] } });
  expect(older).toMatchObject({ state: "resolved", decision: expect.stringContaining("replaced") });
});

test("an approved price is in force from when it was observed, with who approved it and why", async () => {
  const source = await openSource("approved", { "a/approved": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/approved": ["0.0001", "0.0004"] });
  await source.sync();
  const [hold] = await source.holds();
  await approveHolds(world.db, ACTOR, { filter: { source: "approved" }, reason: REASON });
  expect(await source.input("a/approved")).toBe("0.0001");
  const [entry] = await listRateHistory(world.db, { model: "a/approved", limit: 1 });
  expect(entry).toMatchObject({ cause: "approve", actor: ACTOR.label, reason: REASON, effectiveAt: hold?.observedAt });
  expect((await source.sync()).log).toMatchObject([{ outcome: "unchanged", counts: { held: 0 } }]);
  await expect(approveHolds(world.db, ACTOR, { filter: { source: "approved" }, reason: REASON })).rejects.toMatchObject(
    {
      code: "NOT_FOUND",
    },
  );
  const audited = await world.db.execute(sql`select action, reason from audit_log where target like '%a/approved%'`);
  expect([...audited]).toEqual([{ action: "review.approve", reason: REASON }]);
});

test("a rejected value is remembered: it is not held again until it changes", async () => {
  const source = await openSource("rejected", { "a/rejected": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/rejected": ["0.0001", "0.0004"] });
  await source.sync();
  await rejectHolds(world.db, ACTOR, { filter: { source: "rejected" }, reason: REASON });
  const sync = await source.sync();
  source.serveText(`${openrouterDocument({ "a/rejected": ["0.0001", "0.0004"] })} `);
  const next = await source.sync();
  expect(sync.log[0]?.counts.held).toBe(0);
  expect(next.log).toMatchObject([{ counts: { held: 0, remembered: 1 } }]);
  expect(await source.input("a/rejected")).toBe("0.000001");
  source.serve({ "a/rejected": ["0.0003", "0.0012"] });
  expect((await source.sync()).log).toMatchObject([{ counts: { held: 1 } }]);
});

test("a decision can be taken back: the hold is open again and the old price in force", async () => {
  const source = await openSource("reopened", { "a/reopened": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/reopened": ["0.0001", "0.0004"] });
  await source.sync();
  const [hold] = await source.holds();
  await approveHolds(world.db, ACTOR, { filter: { source: "reopened" }, reason: REASON });
  await reopenHolds(world.db, ACTOR, { ids: [hold?.id ?? ""], reason: "too quick" });
  expect(await source.input("a/reopened")).toBe("0.000001");
  expect(await source.holds()).toMatchObject([{ state: "open", decidedBy: null }]);
  await source.sync();
  expect(await source.holds()).toHaveLength(1);
});

test("one bad field holds the whole offer, and a good payload heals it", async () => {
  const source = await openSource("bad-field", { "a/bad": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({ "a/bad": ["0.000002", "soon"] });
  expect((await source.sync()).log).toMatchObject([{ counts: { held: 1, rejected: 1 } }]);
  expect(await source.input("a/bad")).toBe("0.000001");
  source.serve({ "a/bad": ["0.000002", "0.000004"] });
  await source.sync();
  expect(await source.input("a/bad")).toBe("0.000002");
});

test("5e-12 never reaches the book unheld, and 1e-8 does", async () => {
  const source = await openSource("tiny", { "a/tiny": ["5e-12", "5e-12"], "a/cheap": ["1e-8", "1e-8"] });
  await source.sync();
  expect(await source.input("a/cheap")).toBe("0.00000001");
  await expect(getPrice(world.db, { model: "a/tiny" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await source.holds()).toMatchObject([{ model: "a/tiny", reasons: ["BOUND"], old: null }]);
});

test("a change of a cent per million on a cheap model is a change", async () => {
  const source = await openSource("cent", { "a/cent": ["0.00000004", "0.00000004"] });
  await source.sync();
  source.serve({ "a/cent": ["0.00000005", "0.00000005"] });
  expect((await source.sync()).log).toMatchObject([{ counts: { changed: 1 } }]);
});

test("a price that a hand has altered in the book is healed by the next sync, even of the same payload", async () => {
  const source = await openSource("healed", { "a/healed": ["0.000001", "0.000004"] });
  await source.sync();
  await world.db.execute(sql`update model_pricing set charges =
    '[{"unit": "token", "meter": "input", "amount": "1"}]' where model = 'a/healed'`);
  await source.sync();
  const rows = await world.db.execute(sql`select charges from model_pricing where model = 'a/healed'`);
  expect(rows[0]).toMatchObject({ charges: [{ amount: "0.000001" }, {}] });
});

test("a pin stands above every sync, and without it the source's present price counts", async () => {
  const source = await openSource("pinned", { "a/pinned": ["0.000001", "0.000004"] });
  await source.sync();
  const target = { seller: "openrouter", model: "a/pinned", variant: "default" };
  const charges = [{ meter: "input" as const, unit: "token" as const, amount: "0.0000007" }];
  await setPin(world.db, ACTOR, { ...target, meter: "input", charges, reason: REASON });
  expect(await listPins(world.db, { search: "a/pinned" })).toMatchObject([
    { below: { source: "pinned" }, drift: null },
  ]);
  source.serve({ "a/pinned": ["0.000001", "0.0000045"] });
  await source.sync();
  expect(await listPins(world.db, { search: "a/pinned" })).toMatchObject([{ drift: null }]);
  source.serve({ "a/pinned": ["0.000002", "0.000005"] });
  await source.sync();
  expect(await listPins(world.db, { search: "a/pinned" })).toMatchObject([
    { below: { charges: [{ amount: "0.000002" }, {}] }, drift: { charges: [{ amount: "0.000001" }, {}] } },
  ]);
  const { effective } = await getPrice(world.db, { model: "a/pinned" });
  expect(effective[0]?.charges).toMatchObject([
    { meter: "input", amount: "0.0000007", source: "pin", pinnedBy: ACTOR.label },
    { meter: "output", amount: "0.000005", source: "pinned", pinnedBy: null },
  ]);
  await clearPin(world.db, ACTOR, { ...target, meter: "input", reason: "the contract has ended" });
  expect(await source.input("a/pinned")).toBe("0.000002");
  await setPin(world.db, ACTOR, { ...target, charges, reason: REASON });
  const history = await listRateHistory(world.db, { model: "a/pinned", limit: 10 });
  expect(history.map(({ cause, pinnedMeters }) => [cause, pinnedMeters])).toEqual([
    ["pin", [null]],
    ["unpin", []],
    ["sync", ["input"]],
    ["sync", ["input"]],
    ["pin", ["input"]],
    ["sync", []],
  ]);
});

test("a dry run says what would change and be held, and writes to no table but its own job's", async () => {
  const source = await openSource("dry", { "a/dry": ["0.000001", "0.000004"], "a/dry2": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({
    "a/dry": ["0.0000015", "0.000004"],
    "a/dry2": ["0.0001", "0.0004"],
    "a/dry3": ["0.000001", "0.000004"],
  });
  const tables = await world.db.execute<{ name: string }>(sql`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
      and table_name not in ('pricing_sync_jobs', 'pricing_sync_attempts', 'pricing_sync_events', 'pricing_sync_lock',
        'pricing_sync_results', 'sync_workers')`);
  const state = async () => {
    const texts: string[] = [];
    for (const { name } of tables) {
      const [row] = await world.db.execute<{ hash: string; n: number }>(sql`
        select count(*)::int as n, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as hash
        from ${sql.identifier(name)} t`);
      texts.push(`${name} ${row?.n} ${row?.hash}`);
    }
    return texts;
  };
  const before = await state();
  const dry = await source.sync({ dryRun: true });
  expect(await state()).toEqual(before);
  expect(dry).toMatchObject({
    status: "success",
    dryRun: true,
    result: { dryRun: true, sources: { dry: { changesTotal: 2, holdsTotal: 1, holds: [{ model: "a/dry2" }] } } },
  });
  const real = await source.sync();
  expect(real.log).toMatchObject([{ counts: { created: 1, changed: 1, held: 1 } }]);
});

test("a revert takes back what one run changed, leaves what a later run moved, and is not undone by the next sync", async () => {
  const source = await openSource("revert", { "a/r1": ["0.000001", "0.000004"], "a/r2": ["0.000001", "0.000004"] });
  await source.sync();
  source.serve({
    "a/r1": ["0.000002", "0.000004"],
    "a/r2": ["0.000002", "0.000004"],
    "a/r3": ["0.000001", "0.000004"],
  });
  const bad = await source.sync();
  source.serve({
    "a/r1": ["0.000002", "0.000004"],
    "a/r2": ["0.000003", "0.000004"],
    "a/r3": ["0.000001", "0.000004"],
  });
  await source.sync();
  const before = await count("model_pricing_history");
  const deps = { db: world.db, queue: world.queue };
  const dry = await world.ended(
    (await triggerRevert(deps, ACTOR, { jobId: bad.jobId, reason: REASON, dryRun: true })).jobId,
  );
  expect(dry.result?.sources["revert"]).toMatchObject({
    changesTotal: 2,
    notes: [expect.stringContaining("1 prices")],
  });
  expect(await count("model_pricing_history")).toBe(before);
  await world.ended((await triggerRevert(deps, ACTOR, { jobId: bad.jobId, reason: REASON })).jobId);
  expect(await source.input("a/r1")).toBe("0.000001");
  expect(await source.input("a/r2")).toBe("0.000003");
  expect((await getPrice(world.db, { model: "a/r3" })).effective[0]?.state).toBe("unknown");
  source.serveText(
    `${openrouterDocument({ "a/r1": ["0.000002", "0.000004"], "a/r2": ["0.000003", "0.000004"], "a/r3": ["0.000001", "0.000004"] })} `,
  );
  expect((await source.sync()).log).toMatchObject([{ counts: { changed: 0, created: 0, remembered: 2 } }]);
  expect(await source.input("a/r1")).toBe("0.000001");
});

test("a stored payload is read again, and changes nothing when its parser says the same", async () => {
  const source = await openSource("replayed", { "a/replayed": ["0.000001", "0.000004"] });
  await source.sync();
  const queued = await triggerReplay({ db: world.db, queue: world.queue }, ACTOR, { source: "replayed" });
  const replayed = await world.ended(queued.jobId);
  expect(replayed).toMatchObject({ kind: "replay", status: "success", log: [{ outcome: "unchanged" }] });
});
