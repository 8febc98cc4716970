import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createRatebookClient, type ClientOptions } from "#/client/ratebook-client.ts";
import type { RatebookError } from "#/client/ratebook-error.ts";
import type { SubscriptionHandlers } from "#/client/subscribe.ts";
import { JOB_ID, KEY, makeEvent, openStubApi, type StubApi } from "#/testing/stub-api.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openStub(): Promise<StubApi> {
  const stub = await openStubApi({ status: "running", events: [makeEvent(1, "started", "Attempt 1 started")] });
  closers.push(stub.close);
  return stub;
}

/** A server that is not Ratebook; answers its address. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failureOf = (call: Promise<unknown>): Promise<RatebookError> =>
  call.then(
    () => expect.unreachable("it should have failed"),
    (error: RatebookError) => error,
  );

/** How a subscription that fails has failed. */
function subscriptionFailure(options: ClientOptions, handlers: SubscriptionHandlers<unknown> = {}) {
  return new Promise<RatebookError>((resolve, reject) => {
    const onComplete = () => reject(new Error("it should have failed"));
    createRatebookClient(options).syncs.watch.subscribe(
      { jobId: JOB_ID },
      { ...handlers, onError: resolve, onComplete },
    );
  });
}

test("the key is in a header of requests and streams, and in no address", async () => {
  const seen: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    seen.push(request);
    response.writeHead(401).end();
  });
  const client = { url: `${url}/below/`, apiKey: ` ${KEY} ` };
  await failureOf(createRatebookClient(client).lock.status.query());
  await failureOf(createRatebookClient(client).lock.release.mutate({ reason: "for a test" }));
  await subscriptionFailure(client);
  expect(seen.map((request) => request.url?.split("?")[0])).toEqual([
    "/below/api/trpc/lock.status",
    "/below/api/trpc/lock.release",
    "/below/api/trpc/syncs.watch",
  ]);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(seen.map(() => `Bearer ${KEY}`));
  expect(seen.map((request) => request.url).join()).not.toContain(KEY);
});

test("a wrong key is refused in words, once, and is not tried again", async () => {
  const stub = await openStub();
  const options = { url: stub.url, apiKey: "another-key-0123456789" };
  const refused = {
    kind: "refused",
    status: 401,
    check: "apiKey",
    message: "The server does not accept this API key",
  };
  expect(await failureOf(createRatebookClient(options).lock.status.query())).toMatchObject(refused);
  expect(await subscriptionFailure(options)).toMatchObject(refused);
  expect(stub.watches()).toBe(1);
});

test.each([
  ["ftp://prices.example", KEY, "url"],
  ["prices.example", KEY, "url"],
  ["https://ann:secret@prices.example", KEY, "url"],
  ["https://prices.example", "two words", "apiKey"],
])("an address or a key that can't be one is refused before anything is sent: %s, %s", (url, apiKey, check) => {
  let error: unknown;
  try {
    createRatebookClient({ url, apiKey });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ name: "RatebookError", kind: "refused", check });
  expect(String(error)).not.toMatch(/secret|two words/);
});

test.each([
  [200, "text/html", "<html>", "answers HTTP 200, and not as a Ratebook server does"],
  [200, "application/json", '{"hello":1}', "answers HTTP 200, and not as a Ratebook server does"],
  [200, "application/json", '{"cut', "answers HTTP 200, and not as a Ratebook server does"],
  [404, "text/plain", "no", "answers HTTP 404, and not as a Ratebook server does"],
  [503, "text/html", "<html>", "HTTP 503. The server may be starting or stopping"],
])("an answer that is not Ratebook's is called that: %i %s %s", async (status, type, body, words) => {
  const url = await serve((_request, response) => response.writeHead(status, { "content-type": type }).end(body));
  const error = await failureOf(createRatebookClient({ url, apiKey: KEY }).lock.status.query());
  expect(error).toMatchObject({ kind: "unreachable", message: expect.stringContaining(words) });
});

test("a server that is busy says how long to wait, whoever of it says so", async () => {
  const problem = JSON.stringify({ detail: "Too many requests; try again in 7 s", instance: "request-1" });
  const url = await serve((_request, response) =>
    response.writeHead(429, { "content-type": "application/problem+json", "retry-after": "7" }).end(problem),
  );
  expect(await failureOf(createRatebookClient({ url, apiKey: KEY }).lock.status.query())).toMatchObject({
    kind: "refused",
    status: 429,
    retryAfterSeconds: 7,
    requestId: "request-1",
    message: "Too many requests; try again in 7 s (request request-1)",
  });
});

test("a subscription says that the server is away, and gives it up after the patience", async () => {
  const stub = await openStub();
  const states: (string | undefined)[] = [];
  const seen: unknown[] = [];
  const error = await subscriptionFailure(
    { url: stub.url, apiKey: KEY, patienceMs: 300 },
    {
      onData: (value) => {
        seen.push(value);
        void stub.close();
      },
      onConnectionStateChange: ({ state, error }) => states.push(error?.message ?? state),
    },
  );
  expect(seen).toMatchObject([{ id: "1" }]);
  expect(states).toEqual(["connecting", "pending", `Can't reach ${stub.url}: the connection was cut`]);
  expect(error).toMatchObject({ kind: "unreachable", message: expect.stringMatching(/cut\. Gave up after 0 s$/) });
});

test("a stream that never begins is given up after the patience too", async () => {
  const url = await serve((_request, response) => response.writeHead(200, { "content-type": "text/event-stream" }));
  expect(await subscriptionFailure({ url, apiKey: KEY, patienceMs: 100 })).toMatchObject({ kind: "unreachable" });
});

test("a signal ends requests and subscriptions, which is not their success", async () => {
  const url = await serve(() => {});
  const client = new AbortController();
  const own = new AbortController();
  const ratebook = createRatebookClient({ url, apiKey: KEY, signal: client.signal });
  const request = failureOf(ratebook.lock.status.query(undefined, { signal: own.signal }));
  own.abort();
  expect(await request).toMatchObject({ kind: "aborted" });
  const both = [
    failureOf(ratebook.lock.status.query()),
    subscriptionFailure({ url, apiKey: KEY, signal: client.signal }),
  ];
  client.abort();
  expect(await Promise.all(both)).toMatchObject([{ kind: "aborted" }, { kind: "aborted" }]);
  expect(await subscriptionFailure({ url, apiKey: KEY, signal: client.signal })).toMatchObject({ kind: "aborted" });
});

test("nothing is told after unsubscribing", async () => {
  const stub = await openStub();
  const told: string[] = [];
  const subscription = createRatebookClient({ url: stub.url, apiKey: KEY }).syncs.watch.subscribe(
    { jobId: JOB_ID },
    {
      onData: ({ id }) => {
        told.push(id);
        subscription.unsubscribe();
      },
      onError: ({ message }) => told.push(message),
      onComplete: () => told.push("complete"),
    },
  );
  await expect.poll(() => told).toEqual(["1"]);
  await stub.close();
  expect(told).toEqual(["1"]);
});
