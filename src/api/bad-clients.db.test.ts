import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DOORS_KEY, DOORS_LOGIN, openDoors } from "#/testing/open-doors.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const SLOWEST = { headersMs: 300, requestMs: 600, checkMs: 50 };
const DRIP_MS = 20;
const MIB = 1024 * 1024;

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: URL;
const sockets: Socket[] = [];

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world, { slowest: SLOWEST });
  url = new URL(await doors.listen());
});
afterAll(async () => {
  await doors.close();
  await world.close();
});
// Whatever a client did, the next one is served.
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  expect((await fetch(new URL("/readyz", url))).status).toBe(200);
});

/** A connection and everything that came back on it until it was closed. */
async function open() {
  const socket = connect(Number(url.port), url.hostname);
  sockets.push(socket);
  // The server may hang up in the middle of a write.
  socket.on("error", () => undefined);
  await once(socket, "connect");
  let text = "";
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (chunk) => (text += chunk.toString()));
  const answer = async () => {
    await closed;
    const [head = "", body = ""] = text.split("\r\n\r\n");
    return { status: Number(head.split(" ")[1]), head, body };
  };
  return { socket, answer };
}

const KEY = `Authorization: Bearer ${DOORS_KEY}\r\n`;
const head = (method: string, path: string, more = "") =>
  `${method} ${path} HTTP/1.1\r\nHost: ${url.host}\r\n${KEY}${more}`;

function expectProblem(
  { status, head: lines, body }: Awaited<ReturnType<Awaited<ReturnType<typeof open>>["answer"]>>,
  wanted: number,
) {
  expect(status, body).toBe(wanted);
  expect(lines.toLowerCase()).toContain("content-type: application/problem+json");
  expect(JSON.parse(body)).toMatchObject({ status: wanted, detail: expect.any(String), instance: expect.any(String) });
}

const MUTATION = "/api/trpc/sources.disable";

/** A refusal in the shape of the door that it comes from. */
function expectRefusal(path: string, answer: Parameters<typeof expectProblem>[0], wanted: number) {
  if (!path.startsWith("/api/trpc")) return expectProblem(answer, wanted);
  expect(answer.status, answer.body).toBe(wanted);
  expect(JSON.parse(answer.body)).toMatchObject({
    error: { message: expect.any(String), data: { httpStatus: wanted, requestId: expect.any(String) } },
  });
}

/** Every door that takes a body. */
/** What takes more than the usual. */
const LARGER: Readonly<Record<string, number>> = { "/v1/sources/:source/backfill": 64 * MIB, "/v1/quotes": 16 * MIB };

function listBodies(): { path: string; most: number }[] {
  const posts = doors.routes.filter(({ method, url: route }) => method === "POST" && !route.startsWith("/api/trpc"));
  expect(posts.map(({ url: route }) => route)).toContain("/api/auth/sign-in/email");
  return [MUTATION, ...posts.map(({ url: route }) => route)].map((path) => ({
    path: path.replace(":source", "litellm").replace(/backfill$/, "backfill?at=2025-01-01T00:00:00Z"),
    most: LARGER[path] ?? MIB,
  }));
}

test("a body that says it is too large is refused by every door before a byte of it is read", async () => {
  for (const { path, most } of listBodies()) {
    const { socket, answer } = await open();
    socket.write(head("POST", path, `Content-Type: application/json\r\nContent-Length: ${most + 1}\r\n\r\n`));
    expectRefusal(path, await answer(), 413);
  }
}, 60_000);

test("a body that does not say how large it is, is refused by every door as soon as it is too large", async () => {
  for (const { path } of listBodies().filter(({ most }) => most === MIB)) {
    const { socket, answer } = await open();
    socket.write(head("POST", path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const chunk = `${(64 * 1024).toString(16)}\r\n${"x".repeat(64 * 1024)}\r\n`;
    let sent = 0;
    const ended = answer();
    for (; sent < 64 * MIB && !socket.destroyed; sent += 64 * 1024) {
      socket.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expectRefusal(path, await ended, 413);
    expect(sent, path).toBeLessThan(64 * MIB);
  }
}, 60_000);

test("a body within the limit is read by the same doors", async () => {
  const body = JSON.stringify({ ...DOORS_LOGIN, padding: "x".repeat(MIB - 1_000) });
  const answer = await fetch(new URL("/api/auth/sign-in/email", url), {
    method: "POST",
    headers: { "content-type": "application/json", origin: url.origin },
    body,
  });
  expect(answer.status).toBe(200);
});

test("headers that are too large are refused", async () => {
  const { socket, answer } = await open();
  socket.write(head("GET", "/healthz", `X-Large: ${"x".repeat(17 * 1024)}\r\n\r\n`));
  expectProblem(await answer(), 431);
});

test("what is no HTTP at all is refused, and tells nothing", async () => {
  const { socket, answer } = await open();
  socket.write("\u0016\u0003\u0001 this is no HTTP\r\n\r\n");
  expectProblem(await answer(), 400);
});

/** Sends one byte after the other for ever, unless the server ends it; answers with what the server said then. */
async function drip(start: string) {
  const { socket, answer } = await open();
  socket.write(start);
  const timer = setInterval(() => socket.write("x"), DRIP_MS);
  const ended = await answer();
  clearInterval(timer);
  return ended;
}

test("a client that sends its headers a byte at a time is cut off in time, a hundred of them too", async () => {
  const drips = await Promise.all(Array.from({ length: 100 }, () => drip("GET /healthz HTTP/1.1\r\nX-Slow: ")));
  for (const ended of drips) {
    expectProblem(ended, 408);
  }
}, 30_000);

test("a client that sends its body a byte at a time is cut off in time, at every door", async () => {
  const drips = listBodies().map(({ path }) =>
    drip(head("POST", path, "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n")),
  );
  for (const ended of await Promise.all(drips)) {
    expectProblem(ended, 408);
  }
}, 30_000);

test("a client that connects and says nothing is cut off as well", async () => {
  const { answer } = await open();
  expect(await answer()).toBeDefined();
}, 30_000);
