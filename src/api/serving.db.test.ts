import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addSource } from "#/sources/add-source.ts";
import { clearPin, setPin } from "#/book/set-pin.ts";
import { openDatabase } from "#/platform/database.ts";

import { followChanges } from "#/serve/follow-changes.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";
import { createManualClock } from "#/testing/manual-clock.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { VERSION } from "#/terms/version.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

// Two servers of one book. The second reaches its database through a proxy, so that it can be cut off alone.
type Doors = Awaited<ReturnType<typeof openDoors>>;
let database: TestDatabase;
let here: SyncWorld;
let there: SyncWorld;
let proxy: FaultProxy;
let first: Doors;
let second: Doors;
let firstUrl: string;
let secondUrl: string;
const clock = createManualClock();
const log: string[] = [];
const STALE_MS = 60_000;

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const basic = (key: string, name = "gateway") => ({
  authorization: `Basic ${Buffer.from(`${name}:${key}`).toString("base64")}`,
});

beforeAll(async () => {
  database = await openTestDatabase();
  const url = new URL(database.url);
  proxy = await openFaultProxy(() => Number(new URL(database.url).port));
  url.port = String(proxy.port);
  here = await openSyncWorld({ database });
  const behindProxy = openDatabase(url.href, { max: 5, name: "test", timeoutSeconds: 2 });
  there = await openSyncWorld({ database: { ...behindProxy, url: url.href } });
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  first = await openDoors(here, { log: pino({ level: "trace" }, lines) });
  second = await openDoors(there, { clock, staleMs: STALE_MS, limits: { priceReads: 400, known: 30 } });
  firstUrl = await first.listen();
  secondUrl = await second.listen();
});
afterAll(async () => {
  proxy.setMode({ kind: "pass" });
  await second.close();
  await first.close();
  await there.close();
  await proxy.close();
  await here.close();
});

let pinned = 0;
/** Writes a price through the first server. */
async function write(model: string): Promise<void> {
  const amount = `0.00000${(pinned += 1)}`;
  const charges = [{ meter: "input" as const, unit: "token" as const, amount }];
  await setPin(here.db, ACTOR, { seller: "acme", model, variant: "default", charges, reason: "for a test" });
}

async function makeKey(name: string, role: "viewer" | "admin" = "viewer"): Promise<string> {
  const payload = { name, role };
  const url = "/api/trpc/access.createKey";
  const made = await first.app.inject({ method: "POST", url, headers: bearer(DOORS_KEY), payload });
  return made.json<{ result: { data: { key: string } } }>().result.data.key;
}

/** Over a real connection, as what stands in front of the routes is asked by nothing else. */
async function ask(doors: Doors, path: string, headers: Record<string, string> = bearer(DOORS_KEY)) {
  const answer = await fetch(`${doors === first ? firstUrl : secondUrl}${path}`, { headers, redirect: "manual" });
  const body = await answer.text();
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    body,
    json: (): unknown => JSON.parse(body),
  };
}

test("a price that one server has written is answered by another, which can be asked to have it", async () => {
  const payload = {
    seller: "acme",
    model: "s/one",
    variant: "default",
    charges: [{ meter: "input", unit: "token", amount: "0.000007" }],
    reason: "for a test",
  };
  const written = await first.app.inject({
    method: "POST",
    url: "/api/trpc/prices.setPin",
    headers: bearer(DOORS_KEY),
    payload,
  });
  expect(written.statusCode).toBe(200);
  // Who has written something finds it at once where it was written, and is told the version for anywhere else.
  const version = String(written.headers["x-ratebook-version"]);
  expect((await ask(first, "/v1/prices?model=s/one")).json()).toMatchObject({ version, prices: [{ model: "s/one" }] });
  const answer = await ask(second, `/v1/prices?model=s/one&min_version=${version}`);
  expect(answer.json()).toMatchObject({ prices: [{ model: "s/one", from: ["pin"] }] });
  expect(answer.headers["x-ratebook-version"]).toBe(version);
  const early = await ask(second, `/v1/prices?min_version=${Number(version) + 1}`);
  expect([early.statusCode, early.headers["retry-after"]]).toEqual([503, "1"]);
  expect(early.json()).toMatchObject({ detail: expect.stringContaining(`at version ${version}`) });
  expect((await ask(second, "/v1/prices?min_version=soon")).statusCode).toBe(422);
});

test("a key that is revoked at one server is refused by the other within a second", async () => {
  const key = await makeKey("to-be-revoked");
  expect((await ask(second, "/v1/prices", bearer(key))).statusCode).toBe(200);
  const headers = bearer(DOORS_KEY);
  const payload = { name: "to-be-revoked", reason: "for a test" };
  await first.app.inject({ method: "POST", url: "/api/trpc/access.revokeKey", headers, payload });
  const revokedAt = performance.now();
  await eventually("it is refused", async () => (await ask(second, "/v1/prices", bearer(key))).statusCode === 401);
  expect(performance.now() - revokedAt).toBeLessThan(1_000);
});

test("a key as the password of an address opens what is read under /v1, and nothing else", async () => {
  const viewer = await makeKey("in-an-address");
  const admin = await makeKey("of-an-admin", "admin");
  await addSource(here.db, ACTOR, { name: "any", kind: "openrouter", url: "https://any.example/" });
  for (const key of [viewer, admin]) {
    for (const url of ["/v1/prices", "/v1/export/litellm", "/v1/changes?after=0"])
      expect((await ask(first, url, basic(key))).statusCode, url).toBe(200);
    for (const url of ["/api/trpc/access.me", "/admin/pricing/syncs/active", "/openapi.json", "/docs/api/", "/"])
      expect((await ask(first, url, basic(key))).statusCode, url).toBe(401);
    const url = "/v1/sources/any/backfill?at=2026-01-01T00:00:00Z";
    const write = await first.app.inject({ method: "POST", url, headers: basic(key), payload: "{}" });
    expect(write.statusCode).toBe(403);
  }
  for (const wrong of [basic("rbk_wrong"), basic(DOORS_KEY), { authorization: "Basic %%%" }]) {
    const { statusCode, headers } = await ask(first, "/v1/prices", wrong);
    expect(statusCode).toBe(401);
    // Some clients send an address's credentials only when they are asked for them.
    expect(headers["www-authenticate"]).toContain("Basic");
  }
});

test("no line of the log holds a key that came in an address", async () => {
  const key = await makeKey("never-logged");
  const url = firstUrl;
  const host = new URL(url).host;
  const encoded = basic(key).authorization.slice("Basic ".length);
  await ask(first, "/v1/prices", basic(key));
  await ask(first, "/v1/prices?limit=x", basic(key));
  await ask(first, "/v1/nothing", basic(key));
  await ask(first, "/api/trpc/nothing", basic(key));
  // As a proxy is asked: the request's first line carries the whole address.
  const { request } = await import("node:http");
  for (const path of [`http://gateway:${key}@${host}/v1/prices`, `http://gateway:${key}@${host}/nothing`])
    await new Promise<void>((resolve, reject) => {
      request({ host: "127.0.0.1", port: new URL(url).port, path }, (answer) => {
        answer.resume().once("end", resolve);
      })
        .once("error", reject)
        .end();
    });
  expect(log.length).toBeGreaterThan(0);
  const lines = log.join("");
  expect(lines).not.toContain(key);
  expect(lines).not.toContain(encoded);
});

test("reads of prices are counted apart, and every answer says how many are left", async () => {
  const key = await makeKey("busy");
  const read = await ask(second, "/v1/prices", bearer(key));
  expect(read.headers).toMatchObject({ "ratelimit-limit": "400", "ratelimit-remaining": "399" });
  const me = await ask(second, "/api/trpc/access.me", bearer(key));
  expect(me.headers).toMatchObject({ "ratelimit-limit": "30", "ratelimit-remaining": "29" });
  for (let turn = 0; turn < 399; turn += 1) await ask(second, "/v1/prices", bearer(key));
  const busy = await ask(second, "/v1/prices", bearer(key));
  expect([busy.statusCode, busy.headers["ratelimit-remaining"]]).toEqual([429, "0"]);
  expect((await ask(second, "/api/trpc/access.me", bearer(key))).statusCode).toBe(200);
});

test("what has changed since a version comes in pages, in order, and an unknown version is gone", async () => {
  const before = String((await ask(first, "/v1/changes?after=0")).headers["x-ratebook-version"]);
  for (const model of ["c/one", "c/two", "c/one"]) await write(model);
  await clearPin(here.db, ACTOR, { seller: "acme", model: "c/two", variant: "default", reason: "for a test" });
  const target = String(Number(before) + 4);
  const changes: { version: string; model: string; change: string; price: unknown }[] = [];
  let cursor = "";
  do {
    const page = await ask(first, `/v1/changes?after=${before}&limit=2&min_version=${target}${cursor}`);
    const body = JSON.parse(page.body) as { version: string; changes: typeof changes; next_cursor: string | null };
    expect(body.version).toBe(target);
    changes.push(...body.changes);
    cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
  } while (cursor !== "");
  expect(changes.map(({ version, model, change }) => [Number(version) - Number(before), model, change])).toEqual([
    [1, "c/one", "first"],
    [2, "c/two", "first"],
    [3, "c/one", "changed"],
    [4, "c/two", "gone"],
  ]);
  expect(changes[2]).toMatchObject({ cause: "pin", previous: { state: "priced" }, price: { from: ["pin"] } });
  expect(changes[3]?.price).toBeNull();
  const gone = await ask(first, "/v1/changes?after=999999");
  expect(gone.json()).toMatchObject({ status: 410, detail: expect.stringContaining("Read all prices anew") });
  expect((await ask(first, "/v1/changes/stream?after=999999")).statusCode).toBe(410);
  expect((await ask(first, "/v1/changes/stream")).statusCode).toBe(422);
});

test("whoever knows a newer version than this server has heard of is told nothing again", async () => {
  await write("c/ahead");
  await write("c/ahead");
  const head = String((await ask(first, "/v1/changes?after=0")).headers["x-ratebook-version"]);
  const stop = new AbortController();
  let version = String(Number(head) - 1);
  const moved = Promise.withResolvers<() => void>();
  const prices = {
    ...first.prices,
    version: () => version,
    onMove: (listener: () => void) => {
      moved.resolve(listener);
      return () => {};
    },
  };
  const messages = followChanges({ db: here.db, prices }, { after: head, signal: stop.signal });
  const next = messages.next();
  const tell = await moved.promise;
  await write("c/ahead");
  version = String(Number(head) + 1);
  tell();
  expect((await next).value).toMatchObject({ is: "change", move: { version } });
  expect((await messages.next()).value).toEqual({ is: "version", version });
  stop.abort();
});

test("while the database is away prices come from memory, with their age, until they are too old", async () => {
  const key = await makeKey("in-an-outage");
  await write("o/one");
  await eventually("it has the price", async () =>
    (await ask(second, "/v1/prices?model=o/one", bearer(key))).body.includes("o/one"),
  );
  const page = await ask(second, "/v1/prices?model=o/one", bearer(key));
  const document = await ask(second, "/v1/export/csv", bearer(key));
  proxy.setMode({ kind: "reset" });
  try {
    // Nothing is asked of the database, which could not answer.
    const known = { ...bearer(key), "if-none-match": String(page.headers.etag) };
    expect((await ask(second, "/v1/prices?model=o/one", known)).statusCode).toBe(304);
    await eventually("it notices", async () => !(await ask(second, "/readyz")).body.includes('"ready"'));
    await clock.advance(6_000);
    const stale = await ask(second, "/v1/prices?model=o/one", bearer(key));
    expect([stale.statusCode, stale.body]).toEqual([200, page.body]);
    expect(stale.headers).toMatchObject({ age: "6", warning: expect.stringContaining("110 ratebook") });
    expect((await ask(second, "/v1/export/csv", bearer(key))).body).toBe(document.body);
    expect((await ask(second, "/v1/prices?at=2026-01-01T00:00:00Z", bearer(key))).statusCode).toBe(503);
    const ready = await ask(second, "/readyz");
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      { status: expect.stringContaining("from memory"), age_seconds: 6, version: VERSION },
    ]);
    await clock.advance(STALE_MS);
    const old = await ask(second, "/v1/prices?model=o/one", bearer(key));
    expect([old.statusCode, old.headers["retry-after"]]).toEqual([503, "2"]);
    expect((await ask(second, "/readyz")).statusCode).toBe(503);
  } finally {
    proxy.setMode({ kind: "pass" });
  }
  await eventually(
    "it is back",
    async () => (await ask(second, "/v1/prices?model=o/one", bearer(key))).statusCode === 200,
  );
  expect((await ask(second, "/v1/prices?model=o/one", bearer(key))).headers).not.toHaveProperty("age");
  expect((await ask(second, "/readyz")).json()).toEqual({ status: "ready", version: VERSION });
}, 30_000);

test("whoever has a newer answer than a server that is cut off is not led back, and is after a restore", async () => {
  await write("n/one");
  const path = "/v1/export/csv";
  const behind = await ask(second, path);
  proxy.setMode({ kind: "reset" });
  try {
    await eventually("it notices", async () => !(await ask(second, "/readyz")).body.includes('"ready"'));
    await write("n/two");
    const version = String((await ask(first, "/v1/changes?after=0")).headers["x-ratebook-version"]);
    const ahead = await ask(first, `${path}?min_version=${version}`);
    const known = { ...bearer(DOORS_KEY), "if-none-match": String(ahead.headers["etag"]) };
    const refused = await ask(second, path, known);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "1"]);
    expect((await ask(second, path)).body).toBe(behind.body);
  } finally {
    proxy.setMode({ kind: "pass" });
  }
  const future = { ...bearer(DOORS_KEY), "if-none-match": '"v999999.of-another-past"' };
  await eventually("it is back", async () => (await ask(second, "/v1/export/csv", future)).statusCode === 200);
  for (const one of ["/v1/export/csv", "/v1/prices?model=n/two"]) {
    const answer = await ask(second, one, future);
    expect([answer.statusCode, answer.body.includes("n/two")]).toEqual([200, true]);
  }
}, 30_000);
