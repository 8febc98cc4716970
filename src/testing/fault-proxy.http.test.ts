import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";

let proxy: FaultProxy;
let server: Server;
let received: string;
const clients: Socket[] = [];

/** Says back in capitals what it hears. */
beforeEach(async () => {
  received = "";
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      received += piece.toString();
      socket.write(piece.toString().toUpperCase());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  proxy = await openFaultProxy(() => port);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  server.close();
});

async function openClient() {
  const socket = connect({ host: "127.0.0.1", port: proxy.port });
  clients.push(socket);
  let heard = "";
  let failure: string | undefined;
  socket.on("data", (piece) => (heard += piece.toString()));
  socket.on("error", (error: NodeJS.ErrnoException) => (failure = error.code));
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), ended]);
  return {
    say: (text: string) => socket.write(text),
    heard: () => heard,
    failure: () => failure,
    hears: (text: string) => eventually(`it hears ${text}`, async () => heard === text),
    ended,
    end: () => socket.end(),
  };
}

test("what is sent through the proxy arrives both ways, and an end on one side ends the other", async () => {
  const client = await openClient();
  client.say("a");
  await client.hears("A");
  expect(proxy.openConnections()).toBe(1);
  client.end();
  await client.ended;
  await eventually("the connection is gone", async () => proxy.openConnections() === 0);
});

test("a black hole takes everything and passes nothing on, and what it held arrives late", async () => {
  const before = await openClient();
  proxy.setMode({ kind: "black-hole" });
  const during = await openClient();
  before.say("a");
  during.say("b");
  await sleep(100);
  expect([received, before.heard(), during.heard()]).toEqual(["", "", ""]);
  proxy.setMode({ kind: "pass" });
  await before.hears("A");
  await during.hears("B");
});

test("one way lets the question through and holds the answer", async () => {
  const client = await openClient();
  proxy.setMode({ kind: "one-way" });
  client.say("commit");
  await eventually("the server has it", async () => received === "commit");
  await sleep(50);
  expect(client.heard()).toBe("");
  proxy.setMode({ kind: "pass" });
  await client.hears("COMMIT");
});

test("a reset cuts what is open and what comes", async () => {
  const open = await openClient();
  open.say("a");
  await open.hears("A");
  proxy.setMode({ kind: "reset" });
  await open.ended;
  expect(open.failure()).toBe("ECONNRESET");
  const coming = await openClient();
  await coming.ended;
  expect(proxy.openConnections()).toBe(0);
});

test("latency delays every piece and keeps their order, also when it gets shorter", async () => {
  const client = await openClient();
  proxy.setMode({ kind: "latency", ms: 100 });
  const startMs = performance.now();
  client.say("a");
  await eventually("the server has it", async () => received === "a");
  expect(performance.now() - startMs).toBeGreaterThan(95);
  client.say("b");
  await sleep(20);
  proxy.setMode({ kind: "pass" });
  client.say("c");
  await client.hears("ABC");
});

test("a mode can be for the connections that are open, or for those to come", async () => {
  const open = await openClient();
  proxy.setModeOfOpen({ kind: "black-hole" });
  const coming = await openClient();
  open.say("a");
  coming.say("b");
  await coming.hears("B");
  expect(open.heard()).toBe("");
  proxy.setMode({ kind: "reset" }, "comingOnly");
  await (
    await openClient()
  ).ended;
  coming.say("c");
  await coming.hears("BC");
});
