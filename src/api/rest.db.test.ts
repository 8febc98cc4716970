import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import { sourcePayloads } from "#/sources/schema.ts";
import { getPayload, packPayload, storePayload } from "#/sources/store-payload.ts";
import { getSync } from "#/sync/jobs/list-syncs.ts";
import { DOORS_KEY as KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let app: typeof doors.app;
const bearer = { authorization: `Bearer ${KEY}` };
const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { ...bearer, ...headers } });

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  ({ app } = doors);
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

describe("archives and exports", () => {
  const backfill = (query: string, more: object = {}) =>
    app.inject({
      method: "POST",
      url: `/v1/sources/archive/backfill${query}`,
      headers: bearer,
      payload: openrouterDocument({ "r/one": ["0.000001", "0.000004"] }),
      ...more,
    });

  test("a stored payload is saved byte for byte as it came, and never shown as a page", async () => {
    const text = openrouterDocument({ "r/saved": ["0.000001", "0.000004"] });
    const payload = await packPayload(`${text}\u00e4`);
    await storePayload(world.db, payload);
    const answer = await app.inject({ url: `/v1/payloads/${payload.digest}`, headers: bearer });
    expect(answer).toMatchObject({
      statusCode: 200,
      body: `${text}\u00e4`,
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="payload-${payload.digest.slice(0, 12)}"`,
        "x-content-type-options": "nosniff",
      },
    });
    const other = (digest: string) => app.inject({ url: `/v1/payloads/${digest}`, headers: bearer });
    expect((await other("0".repeat(64))).json()).toMatchObject({ status: 404 });
    expect((await other("none")).json()).toMatchObject({ status: 422 });
    expect((await app.inject({ url: `/v1/payloads/${payload.digest}` })).statusCode).toBe(401);
  });

  test("an archived payload becomes a job, and what it must be is said in words", async () => {
    await world.addSource("archive", () => fetched("[]"));
    const answer = await backfill("?at=2026-01-01T00:00:00Z&dry_run=true");
    expect(answer.statusCode).toBe(202);
    const { job_id: jobId } = answer.json<{ job_id: string }>();
    expect(answer.json()).toEqual({
      job_id: expect.any(String),
      status: "queued",
      poll_url: `/admin/pricing/sync/${jobId}`,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await getSync(world.db, jobId)).toMatchObject({ kind: "backfill", dryRun: true, sources: ["archive"] });
    expect((await backfill("")).json()).toMatchObject({ status: 422, detail: expect.stringContaining("at: ") });
    expect((await backfill("?at=2026-01-01T00:00:00Z", { payload: "" })).json()).toMatchObject({
      detail: expect.stringContaining("archived payload"),
    });
    expect((await backfill("?at=2026-01-01T00:00:00Z", { headers: {} })).statusCode).toBe(401);
    const unknown = await app.inject({
      method: "POST",
      url: "/v1/sources/nobody/backfill?at=2026-01-01T00:00:00Z",
      headers: bearer,
      payload: "{}",
    });
    expect(unknown.json()).toMatchObject({ status: 404, detail: expect.stringContaining("nobody") });
  });

  test("an archived payload keeps its bytes, and its digest is of them", async () => {
    // A byte order mark and one byte that is no UTF-8: text that was decoded would be other bytes.
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from(openrouterDocument({ "r/latin-": ["0.000001", "0.000004"] }).replace("-", "\u0000")),
    ]);
    bytes[bytes.indexOf(0)] = 0xe9;
    const digest = createHash("sha256").update(bytes).digest("hex");
    const answer = await backfill("?at=2026-01-02T00:00:00Z&dry_run=true", { payload: bytes });
    expect(answer.statusCode, answer.body).toBe(202);
    expect(answer.json()).toMatchObject({ digest });
    const { body, bytes: size, text } = await getPayload(world.db, digest);
    expect(gunzipSync(body).equals(bytes)).toBe(true);
    expect(size).toBe(bytes.length);
    expect(JSON.parse(text)).toMatchObject({ data: [{ id: "r/latin\ufffd" }] });
  });

  test("an archived payload that turns out too large on its way is refused, and nothing of it is kept", async () => {
    const kept = await world.db.$count(sourcePayloads);
    const chunk = Buffer.alloc(1024 * 1024, "x");
    const payload = Readable.from(Array.from({ length: 65 }, () => chunk));
    const more = { payload, headers: { ...bearer, "transfer-encoding": "chunked" } };
    expect((await backfill("?at=2026-01-02T00:00:00Z", more)).statusCode).toBe(413);
    expect(await world.db.$count(sourcePayloads)).toBe(kept);
  });

  test("a request with a key that was used for another one is refused with 409 in words, by REST and by tRPC", async () => {
    const key = "a-key-of-mine";
    const trigger = (payload: object) =>
      app.inject({
        method: "POST",
        url: "/admin/pricing/scheduler/trigger",
        headers: { ...bearer, "idempotency-key": key },
        payload,
      });
    const dry = await trigger({ dry_run: true });
    expect(dry.statusCode).toBe(202);
    const { job_id: jobId } = dry.json<{ job_id: string }>();
    const real = await trigger({});
    expect(real.statusCode).toBe(409);
    expect(real.json()).toMatchObject({
      status: 409,
      detail: expect.stringContaining(`another request, which is sync ${jobId}`),
    });
    expect((await trigger({ dry_run: true })).json()).toMatchObject({ job_id: jobId });
    const archived = await backfill("?at=2026-01-03T00:00:00Z", { headers: { ...bearer, "idempotency-key": key } });
    expect(archived.statusCode).toBe(409);
    const other = await app.inject({
      method: "POST",
      url: "/api/trpc/syncs.trigger",
      headers: bearer,
      payload: { sources: ["archive"], requestId: key },
    });
    expect(other.statusCode).toBe(409);
    expect(other.json()).toMatchObject({
      error: { message: expect.stringContaining(jobId), data: { code: "CONFLICT" } },
    });
  });

  test("an export answers for one instant, in the shape that was asked for", async () => {
    const charges = [{ meter: "input" as const, unit: "token" as const, amount: "0.000002" }];
    const target = { seller: "acme", model: "x-1", variant: "default" };
    await setPin(world.db, ACTOR, { ...target, charges, reason: "our contract" });
    const csv = await get("/v1/export/csv");
    expect(csv.headers["content-type"]).toContain("text/csv");
    expect(csv.body).toContain("acme,x-1,default,priced,input,token,0.000002");
    expect(Date.parse(String(csv.headers["x-ratebook-as-of"]))).not.toBeNaN();
    expect((await get("/v1/export/litellm")).json()).toMatchObject({ "acme/x-1": { input_cost_per_token: 0.000002 } });
    expect((await get("/v1/export/openrouter")).statusCode).toBe(200);
    expect((await get("/v1/export/csv?at=2020-01-01T00:00:00Z")).body).not.toContain("acme");
    expect((await get("/v1/export/xml")).statusCode).toBe(422);
    expect((await app.inject({ url: "/v1/export/csv" })).statusCode).toBe(401);
  });
});

describe("prices in force", () => {
  const page = async (query: string) =>
    (await get(`/v1/prices${query}`)).json<{ at: string; prices: { model: string }[]; next_cursor: string | null }>();

  test("they come page by page, all of one instant, and nothing that has no price is among them", async () => {
    const document = openrouterDocument({
      "p/a": ["0.000001", "0.000004"],
      "p/b": ["0.000002", "0.000008"],
      "p/c": ["0", "0"],
    });
    await world.addSource("pages", () =>
      fetched(document.replace('"id":"p/a"', '"id":"p/a","context_length":64000,"expiration_date":"2099-12-31"')),
    );
    const worker = await world.startWorker();
    await world.ended((await world.trigger({ sources: ["pages"] })).jobId);
    // A server that has not been told yet of what was just written may still answer from the book before.
    const [written] = await world.db.execute<{ version: string }>(
      sql`select max(version)::text as version from book_versions`,
    );
    const first = await page(`?seller=openrouter&limit=1&min_version=${written?.version ?? ""}`);
    expect(first.prices).toEqual([
      {
        seller: "openrouter",
        model: "p/a",
        variant: "default",
        state: "priced",
        charges: [
          { meter: "input", unit: "token", amount: "0.000001" },
          { meter: "output", unit: "token", amount: "0.000004" },
        ],
        facts: {
          context_tokens: 64_000,
          sunset_on: "2099-12-31",
          from: { context_tokens: "pages", sunset_on: "pages" },
        },
        from: ["pages"],
        observed_at: expect.any(String),
      },
    ]);
    await setPin(world.db, ACTOR, {
      seller: "openrouter",
      model: "p/b",
      variant: "default",
      charges: [{ meter: "input", unit: "token", amount: "0.000009" }],
      reason: "set between two pages",
    });
    const second = await page(`?seller=openrouter&cursor=${first.next_cursor ?? ""}`);
    expect(second.at).toBe(first.at);
    expect(second.prices).toMatchObject([{ model: "p/b", charges: [{ amount: "0.000002" }, {}], from: ["pages"] }]);
    expect(second.next_cursor).toBeNull();
    await expect
      .poll(() => page("?model=p/b"))
      .toMatchObject({ prices: [{ charges: [{ amount: "0.000009" }], from: ["pin"] }] });
    expect(await page("?at=2020-01-01T00:00:00Z")).toMatchObject({ prices: [], next_cursor: null });
    expect(await page("?model=P/A")).toMatchObject({
      prices: [],
      did_you_mean: [{ model: "p/a", sellers: ["openrouter"] }],
    });
    expect(await page("?model=nothing-like-it")).toMatchObject({ prices: [], did_you_mean: [] });
    // Its price is known, and is no number: nothing else was meant.
    expect(await page("?model=p/c")).not.toHaveProperty("did_you_mean");
    await worker.stop(0);
  });

  test("an answer about a model that stops being answered says when, and who has it already need not be told again", async () => {
    const ending = await get("/v1/prices?model=p/a");
    const sunset = { sunset: "Thu, 31 Dec 2099 00:00:00 GMT", link: '</prices/openrouter/p/a>; rel="sunset"' };
    expect(ending.headers).toMatchObject(sunset);
    // In memory by now.
    expect((await get("/v1/prices?model=p/a")).headers).toMatchObject(sunset);
    const { etag = "" } = ending.headers;
    const known = await get("/v1/prices?model=p/a", { "if-none-match": etag });
    expect(known).toMatchObject({
      statusCode: 304,
      headers: { etag, "cache-control": "private, no-cache", vary: "accept-encoding, authorization" },
    });
    expect(known.headers).not.toHaveProperty("sunset");
    for (const query of ["?model=p/b", "?seller=openrouter&limit=1", "?model=nothing-like-it"])
      expect((await get(`/v1/prices${query}`)).headers, query).not.toHaveProperty("sunset");
  });

  test("an answer about a model that its seller advises against says since when, and what takes its place", async () => {
    const listed = {
      model_name: "p/old",
      pricing: { type: "tokens", cents_per_input_token: 2e-5, cents_per_output_token: 6e-5 },
    };
    const old = { ...listed, deprecated: 1_778_112_000, replaced_by: "p/new" };
    await world.addSource(
      "infra",
      () => fetched(JSON.stringify([old, { ...listed, model_name: "p/new" }])),
      "deepinfra",
    );
    const worker = await world.startWorker();
    await world.ended((await world.trigger({ sources: ["infra"] })).jobId);
    await worker.stop(0);
    await expect
      .poll(async () => (await get("/v1/prices?model=p/old")).headers)
      .toMatchObject({
        deprecation: "@1778112000",
        link: '</prices/deepinfra/p/old>; rel="deprecation", </v1/prices?model=p%2Fnew&seller=deepinfra>; rel="successor-version"',
      });
    expect((await page("?model=p%2Fnew&seller=deepinfra")).prices).toMatchObject([{ model: "p/new", state: "priced" }]);
    expect((await get("/v1/prices?model=p/new")).headers).not.toHaveProperty("deprecation");
  });

  test("quotes of one price that stops being answered say when; other quotes do not", async () => {
    const quote = (...models: string[]) =>
      app.inject({
        method: "POST",
        url: "/v1/quotes",
        headers: bearer,
        payload: { lines: models.map((model) => ({ seller: "openrouter", model, usage: { input: 1 } })) },
      });
    expect((await quote("p/a", "p/a")).headers).toMatchObject({ sunset: "Thu, 31 Dec 2099 00:00:00 GMT" });
    for (const models of [["p/a", "p/b"], ["p/b"], ["nothing"], []])
      expect((await quote(...models)).headers, models.join(" ")).not.toHaveProperty("sunset");
  });

  test("what can't be asked is refused in words", async () => {
    for (const [query, words] of [
      ["?limit=0", "limit: "],
      ["?at=soon", "at: an instant such as"],
      ["?cursor=nonsense", "Start again without it"],
    ] as const) {
      const answer = await get(`/v1/prices${query}`);
      expect(answer.json()).toMatchObject({ status: 422, detail: expect.stringContaining(words) });
    }
  });

  test("asked again unchanged they answer 304, and they travel compressed", async () => {
    const url = "/v1/export/litellm";
    const { headers, body } = await get(url);
    expect(headers).toMatchObject({ "cache-control": "private, no-cache", etag: expect.stringMatching(/^(?:W\/)?"/) });
    const again = await get(url, { "if-none-match": String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`z/m-${index}`, ["0.000001", "0.000004"] as const]),
    );
    await world.addSource("many", () => fetched(openrouterDocument(many)));
    const worker = await world.startWorker();
    await world.ended((await world.trigger({ sources: ["many"] })).jobId);
    await worker.stop(0);
    await doors.prices.refresh();
    const changed = await get(url, { "if-none-match": String(headers.etag) });
    expect(changed.statusCode).toBe(200);
    expect(changed.body.length).toBeGreaterThan(body.length);
    for (const [encoding, unpack] of [
      ["br", brotliDecompressSync],
      ["gzip", gunzipSync],
    ] as const) {
      const packed = await get(url, { "accept-encoding": encoding });
      expect(packed.headers["content-encoding"]).toBe(encoding);
      expect(unpack(packed.rawPayload).toString()).toBe(changed.body);
      const known = await get(url, { "accept-encoding": encoding, "if-none-match": String(packed.headers.etag) });
      expect(known.statusCode).toBe(304);
    }
  });
});

describe("the description", () => {
  test("it is valid, by a linter that does not know us, and names every route", async () => {
    const document = (await get("/openapi.json")).body;
    const config = await createConfig({ extends: ["recommended"] });
    const problems = await lintFromString({ source: document, absoluteRef: "/openapi.json", config });
    expect(problems.map(({ message, location }) => `${message} ${location[0]?.pointer ?? ""}`)).toEqual([]);
    const described = Object.keys(JSON.parse(document).paths as object);
    const ours = doors.routes
      .filter(({ action }) => action !== undefined)
      .map(({ url }) => url.replaceAll(/:(\w+)/g, "{$1}"));
    expect(described.toSorted()).toEqual([...new Set(ours)].toSorted());
  });

  test("people read it with a viewer that loads nothing from elsewhere", async () => {
    const page = await get("/docs/api/");
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'self'; script-src 'self'; ");
    expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=/);
    for (const [, file] of page.body.matchAll(/(?:src|href)="\.?\/?([\w.-]+\.(?:js|css))"/g))
      expect((await get(`/docs/api/static/${file ?? ""}`)).statusCode, file).toBe(200);
    expect((await app.inject({ url: "/docs/api" })).statusCode).toBe(401);
  });
});
