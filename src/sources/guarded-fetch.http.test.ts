import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { fetchPayload, type FetchPayloadInput } from "#/sources/guarded-fetch.ts";

const MIB = 1024 * 1024;

/** Serves on loopback until the test ends, and then has no connection left. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}

type Options = Partial<FetchPayloadInput>;

function get(url: string, options: Options = {}) {
  return fetchPayload({
    url,
    allowPrivateNetwork: true,
    signal: new AbortController().signal,
    timeoutMs: 2000,
    ...options,
  });
}

const serveText = (text: string, headers: Record<string, string> = {}) =>
  serve((_, response) => void response.writeHead(200, headers).end(text));

test("a payload comes with what is needed to ask again", async () => {
  const url = await serveText('{"a": "ä"}', { etag: '"v1"' });
  expect(await get(`${url}/list.json?key=secret`)).toEqual({
    outcome: "fetched",
    text: '{"a": "ä"}',
    bytes: 11,
    etag: '"v1"',
    status: 200,
    finalUrl: `${url}/list.json`,
    durationMs: expect.any(Number),
  });
});

test("an unchanged payload is not sent again", async () => {
  const url = await serve((request, response) => {
    const isKnown = request.headers["if-none-match"] === '"v1"';
    response.writeHead(isKnown ? 304 : 200, { etag: '"v1"' }).end();
  });
  expect(await get(url, { etag: '"v1"' })).toMatchObject({
    outcome: "not_modified",
    status: 304,
    etag: '"v1"',
  });
});

test("304 to a question that named no version is a failure", async () => {
  const url = await serve((_, response) => void response.writeHead(304).end());
  expect(await get(url)).toMatchObject({ outcome: "failed", code: "http_status", status: 304 });
});

test.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
])("%s is asked for and unpacked", async (encoding, compress) => {
  const url = await serve((request, response) => {
    expect(request.headers["accept-encoding"]).toBe("gzip, br");
    response.writeHead(200, { "content-encoding": encoding }).end(compress("prices"));
  });
  expect(await get(url)).toMatchObject({ text: "prices", bytes: 6 });
});

test("an encoding that was not asked for is refused", async () => {
  const url = await serve(
    (_, response) => void response.writeHead(200, { "content-encoding": "zstd" }).end(zstdCompressSync("x")),
  );
  expect(await get(url)).toMatchObject({ code: "bad_encoding", retryable: false });
});

test("a byte order mark is stripped, and text that is not UTF-8 is refused", async () => {
  expect(await get(await serveText("\uFEFF[]"))).toMatchObject({ text: "[]" });
  const url = await serve((_, response) => void response.end(Buffer.from([0x22, 0xe4, 0x22])));
  expect(await get(url)).toMatchObject({ outcome: "failed", code: "bad_encoding" });
});

test("progress counts the bytes on the wire against those announced", async () => {
  const seen: unknown[] = [];
  const url = await serve((_, response) => void response.writeHead(200, { "content-length": "5" }).end("12345"));
  await get(url, { onBytes: (received, total) => seen.push([received, total]) });
  expect(seen.at(-1)).toEqual([5, 5]);
});

test.each([
  [500, true],
  [503, true],
  [404, false],
  [401, false],
  [206, false],
])("%i is a failure, and trying again helps: %s", async (status, retryable) => {
  const url = await serve((_, response) => void response.writeHead(status).end("<html>".repeat(1000)));
  expect(await get(url)).toMatchObject({ outcome: "failed", code: "http_status", status, retryable });
});

test.each([
  ["7", 7],
  [new Date(Date.now() + 60_000).toUTCString(), expect.closeTo(60, -1)],
  ["9999999", 86_400],
])("429 says when to come back: Retry-After %s", async (header, retryAfterSeconds) => {
  const url = await serve((_, response) => void response.writeHead(429, { "retry-after": header }).end());
  expect(await get(url)).toMatchObject({ code: "rate_limited", status: 429, retryAfterSeconds, retryable: true });
});

test("a server that never answers is a timeout", async () => {
  const url = await serve(() => {});
  expect(await get(url, { timeoutMs: 60 })).toMatchObject({ code: "timeout", retryable: true });
});

test("a body that drips on for ever is a timeout, though bytes keep coming", async () => {
  const url = await serve((_, response) => {
    const drip = setInterval(() => response.write("x"), 5);
    response.on("close", () => clearInterval(drip));
  });
  expect(await get(url, { timeoutMs: 80 })).toMatchObject({ code: "timeout" });
});

test("a name that never resolves is a timeout, and can be cancelled at once", async () => {
  const neverResolves = { resolve: () => {} };
  const input = { url: "http://prices.test/", allowPrivateNetwork: true };
  const signal = new AbortController().signal;
  expect(await fetchPayload({ ...input, signal, timeoutMs: 60 }, neverResolves)).toMatchObject({ code: "timeout" });
  const cancel = AbortSignal.timeout(30);
  expect(await fetchPayload({ ...input, signal: cancel }, neverResolves)).toMatchObject({ code: "aborted" });
});

test("a cancelled transfer says so", async () => {
  const controller = new AbortController();
  const url = await serve((_, response) => {
    response.write("x");
    controller.abort();
  });
  expect(await get(url, { signal: controller.signal })).toMatchObject({ code: "aborted", retryable: false });
  expect(await get(url, { signal: AbortSignal.abort() })).toMatchObject({ code: "aborted" });
});

test("a reset connection and a closed port are connection failures", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("x", () => response.socket?.resetAndDestroy());
  });
  expect(await get(url)).toMatchObject({ code: "connection", retryable: true });
  expect(await get("http://127.0.0.1:1/")).toMatchObject({ code: "connection" });
});

test("a name that does not exist is a dns failure", async () => {
  const resolve: LookupFunction = (_, __, callback) =>
    callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []);
  const outcome = await fetchPayload(
    { url: "http://prices.test/", allowPrivateNetwork: false, signal: new AbortController().signal },
    { resolve },
  );
  expect(outcome).toMatchObject({ code: "dns", retryable: true });
});

test("a server without TLS behind https is a tls failure", async () => {
  const url = await serveText("x");
  expect(await get(url.replace("http:", "https:"))).toMatchObject({ code: "tls", retryable: false });
});

test("a body that announces more than the limit is not read", async () => {
  const url = await serve(
    (_, response) => void response.writeHead(200, { "content-length": String(65 * MIB) }).write("x"),
  );
  expect(await get(url)).toMatchObject({ code: "too_large", message: expect.stringContaining("64 MiB") });
});

test("a body of 65 MiB that announces nothing is stopped at the limit", async () => {
  const chunk = Buffer.alloc(MIB, "a");
  const url = await serve((_, response) => {
    let left = 65;
    const write = () => {
      let ready = true;
      while (ready && left-- > 0) ready = response.write(chunk);
      if (ready) response.end();
      else response.once("drain", write);
    };
    write();
  });
  let received = 0;
  const outcome = await get(url, { timeoutMs: 10_000, onBytes: (bytes) => (received = bytes) });
  expect(outcome.outcome === "failed" && outcome.code).toBe("too_large");
  expect(received).toBeGreaterThan(60 * MIB);
});

test("a small body that unpacks to 200 MiB is stopped while it streams, in little memory", async () => {
  // Members of one gzip file follow each other, so repeating one makes the bomb without unpacking it here.
  const member = gzipSync(Buffer.alloc(MIB));
  const bomb = Buffer.concat(Array.from({ length: 200 }, () => member));
  expect(bomb.length).toBeLessThan(MIB);
  const url = await serve((_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  const before = process.memoryUsage().rss;
  const outcome = await get(url, { maxBytes: 16 * MIB });
  expect(outcome.outcome === "failed" && outcome.code).toBe("too_large");
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
});

test("a gzip body that stops in the middle is a failure, not half a payload", async () => {
  const whole = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 251)));
  const url = await serve(
    (_, response) =>
      void response.writeHead(200, { "content-encoding": "gzip" }).end(whole.subarray(0, whole.length / 2)),
  );
  expect(await get(url)).toMatchObject({ code: "bad_encoding", retryable: true });
});

test("no connection is open after a fetch, whether it went well or not", async () => {
  const server = createServer(
    (request, response) => void response.writeHead(request.url === "/ok" ? 200 : 500).end("x"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const closed = new Promise((resolve) => server.once("close", resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  await get(`${url}/ok`);
  await get(`${url}/bad`);
  server.close();
  await closed;
});

test("an error of the caller's own code is not taken for a network failure", async () => {
  const onBytes = () => {
    throw new RangeError("mine");
  };
  await expect(get(await serveText("x"), { onBytes })).rejects.toThrow("mine");
});
