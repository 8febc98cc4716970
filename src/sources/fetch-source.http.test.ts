import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createFetchSource, type FetchSourceInput } from "#/sources/fetch-source.ts";
import { fetchPayload } from "#/sources/guarded-fetch.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { isSecretName } from "#/sources/secret-name.ts";

const KEY = "a-key-that-must-not-be-told";
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const fetchSource = createFetchSource({
  fetchPayload,
  allowPrivateNetwork: true,
  readSecret: (name) => (name === "ACME_API_KEY" ? KEY : undefined),
});

function get(url: string, more: Partial<FetchSourceInput> = {}) {
  const { signal } = new AbortController();
  return fetchSource({ adapter: adapterFor("cerebras"), url, apiKeyEnv: null, options: {}, signal, ...more });
}

test("a source's key is read from the environment by its name and sent as a bearer", async () => {
  let seen: string | undefined;
  const url = await serve((request, response) => {
    seen = request.headers.authorization;
    response.end("[]");
  });
  expect(await get(url, { apiKeyEnv: "ACME_API_KEY" })).toMatchObject({ outcome: "fetched", text: "[]" });
  expect(seen).toBe(`Bearer ${KEY}`);
});

test("a redirect to another address does not take the key along, and no failure tells it", async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(500).end(KEY);
  });
  const url = await serve((_request, response) => response.writeHead(302, { location: elsewhere }).end());
  const outcome = await get(url, { apiKeyEnv: "ACME_API_KEY" });
  expect(seen).toEqual([undefined]);
  expect(JSON.stringify(outcome)).not.toContain(KEY);
});

test("a missing key, and a kind that needs one, fail in words that name the variable", async () => {
  expect(await get("http://127.0.0.1:9/", { apiKeyEnv: "OTHER_API_KEY" })).toMatchObject({
    code: "credentials",
    retryable: false,
    message: expect.stringContaining("OTHER_API_KEY"),
  });
  expect(await get("http://127.0.0.1:9/", { adapter: adapterFor("xai") })).toMatchObject({ code: "credentials" });
});

test.each([
  ["ACME_API_KEY", true],
  ["HF_TOKEN", true],
  ["AUTH_SECRET", false],
  ["DATABASE_URL", false],
  ["ADMIN_PASSWORD", false],
  ["ADMIN_API_KEY", false],
  ["RATEBOOK_API_KEY", false],
  ["path", false],
  ["A_KEY\n", false],
])("the environment variable %j may hold a source's key: %s", (name, allowed) =>
  expect(isSecretName(name)).toBe(allowed),
);

function pages(base: () => string, next: (page: number) => string | undefined) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const page = Number(new URL(request.url ?? "/", base()).searchParams.get("cursor") ?? "1");
    const cursor = next(page);
    response.end(JSON.stringify({ data: [{ serverlessEndpoint: `m${page}` }], next_cursor: cursor ?? null }));
  };
}

test("a list in pages comes as one payload with all of them", async () => {
  const url = await serve(
    pages(
      () => "http://x",
      (page) => (page < 3 ? String(page + 1) : undefined),
    ),
  );
  const outcome = await get(url, { adapter: adapterFor("together"), apiKeyEnv: "ACME_API_KEY" });
  if (outcome.outcome !== "fetched") throw new Error(JSON.stringify(outcome));
  const models = (JSON.parse(outcome.text) as { data: { serverlessEndpoint: string }[] }[]).map(
    ({ data }) => data[0]?.serverlessEndpoint,
  );
  expect(models).toEqual(["m1", "m2", "m3"]);
});

test("pages that go in circles, never end or fail in the middle are a failure, not half a list", async () => {
  const together = { adapter: adapterFor("together"), apiKeyEnv: "ACME_API_KEY" };
  const loop = await serve(
    pages(
      () => "http://x",
      () => "2",
    ),
  );
  expect(await get(loop, together)).toMatchObject({ outcome: "failed", code: "redirect_loop" });
  const endless = await serve(
    pages(
      () => "http://x",
      (page) => String(page + 1),
    ),
  );
  expect(await get(endless, together)).toMatchObject({ outcome: "failed", code: "too_large" });
  const broken = await serve((request, response) => {
    if ((request.url ?? "").includes("cursor")) response.writeHead(503).end();
    else response.end('{"data": [], "next_cursor": "2"}');
  });
  expect(await get(broken, together)).toMatchObject({ outcome: "failed", code: "http_status" });
});

const MODELS = JSON.stringify({
  data: [{ id: "acme/one" }, { id: "acme/one:free" }, { id: "~acme/latest" }, { id: "gone/x" }],
});
const withEndpoints = { adapter: adapterFor("openrouter"), options: { endpoints: true } };

function serveModels(answer: (path: string, response: ServerResponse) => void) {
  return serve((request, response) => {
    const path = request.url ?? "";
    if (path === "/") response.setHeader("etag", '"list"').end(MODELS);
    else answer(path, response);
  });
}

test("OpenRouter's endpoints are read for every model but aliases, and a model that is gone is left out", async () => {
  const asked: string[] = [];
  const url = await serveModels((path, response) => {
    asked.push(path);
    if (path.includes("gone")) response.writeHead(404).end();
    else response.end(JSON.stringify({ data: { id: path } }));
  });
  const outcome = await get(url, withEndpoints);
  if (outcome.outcome !== "fetched") throw new Error(JSON.stringify(outcome));
  expect(asked.toSorted()).toEqual(["/acme/one/endpoints", "/acme/one:free/endpoints", "/gone/x/endpoints"]);
  expect(JSON.parse(outcome.text)).toEqual([
    JSON.parse(MODELS),
    { data: { id: "/acme/one/endpoints" } },
    { data: { id: "/acme/one:free/endpoints" } },
  ]);
  // The list may be the same while an endpoint's price is not.
  expect(outcome.etag).toBeUndefined();
  expect(await get(url, { adapter: adapterFor("openrouter") })).toMatchObject({ text: MODELS, etag: '"list"' });
});

test("a document that fails once is asked for again, and one that goes on failing fails the source", async () => {
  let failures = 0;
  const url = await serveModels((path, response) => {
    if (path.startsWith("/acme/one/") && failures++ === 0) response.writeHead(503).end();
    else response.end("{}");
  });
  expect(await get(url, withEndpoints)).toMatchObject({ outcome: "fetched" });
  const broken = await serveModels((path, response) => response.writeHead(path.includes("free") ? 503 : 200).end("{}"));
  expect(await get(broken, withEndpoints)).toMatchObject({
    outcome: "failed",
    code: "http_status",
    message: expect.stringContaining("one could not be read"),
  });
});
