import { get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  url = await doors.listen();
  for (const number of Array.from({ length: 12 }).keys())
    await world.addSource(`source-${number}`, () => fetched("{}"));
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

/** Over a real connection, and with no header that it is not told of. */
async function open(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${DOORS_KEY}`, ...headers };
    const request = get(`${url}${path}`, { headers: all }, resolve).on("error", reject);
    onTestFinished(() => void request.destroy());
  });
}

const ANSWERS = {
  "an answer of tRPC": "/api/trpc/sources.list",
  "a batch of tRPC": `/api/trpc/sources.list,sources.list?batch=1&input=${encodeURIComponent("{}")}`,
  "the description of the API": "/openapi.json",
};

test.each(Object.entries(ANSWERS))("%s is compressed for whoever accepts that", async (_name, path) => {
  const plain = await open(path, {});
  expect(plain.headers["content-encoding"]).toBeUndefined();
  const text = (await buffer(plain)).toString();
  for (const [accepted, encoding, unpack] of [
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
  ] as const) {
    const packed = await open(path, { "accept-encoding": accepted });
    expect(packed.statusCode).toBe(200);
    expect(packed.headers["content-encoding"]).toBe(encoding);
    expect(packed.headers["content-type"]).toMatch(/^application\/json/);
    expect(packed.headers.vary?.toLowerCase()).toContain("accept-encoding");
    const bytes = await buffer(packed);
    expect(bytes.length).toBeLessThan(text.length / 2);
    expect(unpack(bytes).toString()).toBe(text);
  }
});

test("a short answer, which would get no shorter, travels as it is", async () => {
  const answer = await open("/api/trpc/lock.status", { "accept-encoding": "br" });
  expect(answer.headers["content-encoding"]).toBeUndefined();
  expect(Number(answer.headers["content-length"])).toBe((await buffer(answer)).length);
});

test("a refusal of tRPC keeps its status, its headers and its words", async () => {
  const answer = await open("/api/trpc/syncs.get?input={}", { "accept-encoding": "br" });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers["x-ratebook-version"]).toMatch(/^\d+$/);
  expect(JSON.parse((await buffer(answer)).toString())).toMatchObject({ error: { data: { httpStatus: 400 } } });
});

let pinned = 0;
async function writePrice(): Promise<void> {
  const charges = [{ meter: "input" as const, unit: "token" as const, amount: `0.00000${(pinned += 1)}` }];
  await setPin(world.db, ACTOR, { seller: "acme", model: "m", variant: "default", charges, reason: "for a test" });
}

const STREAMS = {
  "a stream of syncs": {
    path: () => "/api/trpc/syncs.watch?input={}",
    cause: async () => void (await world.trigger()),
    event: "queued",
  },
  "a stream of changed prices": {
    path: () => `/v1/changes/stream?after=${doors.prices.version()}`,
    cause: writePrice,
    event: "event: change",
  },
};

test.each(Object.entries(STREAMS))("%s is held back by nothing, whatever is accepted", async (_name, stream) => {
  const answer = await open(stream.path(), { accept: "text/event-stream", "accept-encoding": "br, gzip" });
  expect(answer.headers["content-type"]).toMatch(/^text\/event-stream/);
  expect(answer.headers["content-encoding"]).toBeUndefined();
  let text = "";
  answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await eventually("it begins", async () => text.includes("connected"), 2_000);
  await stream.cause();
  // A compressor would wait for more events than this one.
  await eventually("the event is here", async () => text.includes(stream.event), 2_000);
});
