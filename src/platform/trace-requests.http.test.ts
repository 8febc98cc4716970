import { once } from "node:events";
import { request } from "node:http";
import { SpanKind, context, propagation, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createHttp } from "#/platform/http.ts";
import { createLog } from "#/platform/log.ts";
import { openTraces } from "#/platform/open-traces.ts";
import { traceRequests } from "#/platform/trace-requests.ts";
import { openTraceCollector } from "#/testing/trace-collector.ts";

const KEY = "a-key-that-stands-in-no-span";
const CLIENT = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const traceparent = `00-${CLIENT.traceId}-${CLIENT.spanId}-01`;

const log = createLog("silent");
let collector: Awaited<ReturnType<typeof openTraceCollector>>;
let traces: ReturnType<typeof openTraces>;
const app = createHttp(log, { isBehindProxy: false });

beforeAll(async () => {
  collector = await openTraceCollector();
  for (const [name, value] of Object.entries(collector.env)) vi.stubEnv(name, value);
  traces = openTraces(log);
  traceRequests(app);
  app.post("/work", async () => {
    await trace.getTracer("test").startActiveSpan("work", async (span) => span.end());
    return { baggage: propagation.getBaggage(context.active()) === undefined ? "none" : "some" };
  });
  app.get("/broken", () => {
    throw new Error(`it breaks at http://x:${KEY}@host/`);
  });
  app.get("/healthz", () => "alive");
  app.get("/v1/prices", () => "prices");
  app.get("/*", () => {
    // As Next does it, with the whole address.
    const attributes = { "http.target": `/page?key=${KEY}` };
    trace.getTracer("next.js").startSpan("render", { kind: SpanKind.SERVER, attributes }).end();
    return "a page";
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await app.close();
  await traces.close();
  await collector.close();
  vi.unstubAllEnvs();
});

/** Answers the body. The path may be a whole address, as a client sends it that takes us for a proxy. */
async function ask(path: string, method = "GET", headers: Record<string, string> = {}, body?: string): Promise<string> {
  const { port } = new URL(app.listeningOrigin);
  const asked = request({ host: "127.0.0.1", port, path, method, headers }).end(body);
  const [answer] = await once(asked, "response");
  return Buffer.concat(await answer.toArray()).toString();
}

test("a request continues its client's trace, what it does is below it after a body was read too, and baggage is dropped", async () => {
  const headers = { traceparent, baggage: `secret=${KEY}`, "content-type": "application/json" };
  expect(JSON.parse(await ask("/work", "POST", headers, JSON.stringify({ a: "b".repeat(100_000) })))).toEqual({
    baggage: "none",
  });
  const work = await collector.find("the work", ({ name }) => name === "work");
  const served = await collector.find("the request", ({ name }) => name === "POST /work");
  expect(collector.pathOf(work)).toEqual(["POST /work", "work"]);
  expect(served).toMatchObject({
    traceId: CLIENT.traceId,
    parentSpanId: CLIENT.spanId,
    service: "ratebook",
    attributes: { "http.route": "/work", "http.request.method": "POST", "http.response.status_code": 200 },
  });
});

test("no span has a key of an address, a header or an error, and Next makes none", async () => {
  const headers = { authorization: `Bearer ${KEY}` };
  await ask(`http://x:${KEY}@host/v1/prices?key=${KEY}`, "GET", headers);
  await ask(`/page/${KEY}?key=${KEY}`, "GET", headers);
  await ask("/broken", "GET", headers);
  await collector.find("the prices", ({ name }) => name === "GET /v1/prices");
  await collector.find("the page", ({ name }) => name === "GET /*");
  const broken = await collector.find("what breaks", ({ name }) => name === "GET /broken");
  expect(broken.status).toEqual({ code: 2, message: "The request was answered with 500" });
  expect(collector.spans.map(({ scope }) => scope)).not.toContain("next.js");
  expect(collector.received()).not.toContain(KEY);
});

test("a probe makes no span", async () => {
  await ask("/healthz");
  await ask("/page");
  const pages = () => collector.spans.filter(({ name }) => name === "GET /*").length;
  await vi.waitUntil(() => pages() === 2);
  expect(collector.spans.map(({ name }) => name)).not.toContain("GET /healthz");
});
