import { createServer, type Server } from "node:http";
import { gunzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alertEvent } from "#/alerts/alert-event.ts";
import { createLog } from "#/platform/log.ts";
import { sourcePayloads } from "#/sources/schema.ts";
import { getSync } from "#/sync/jobs/list-syncs.ts";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY, DOORS_LOGIN, DOORS_SECRET, openDoors } from "#/testing/open-doors.ts";
import { startProcess, type StartedProcess } from "#/testing/open-stack.ts";
import { openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const SOURCE_KEY = "sk-source-5f2d8c1b7a9e4d30";
const HOOK_SECRET = "T01/B02/7c1e9f40d2a86b35";
const PASSWORD = "a new password of mine";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let seller: Server;
let worker: StartedProcess;
let logged = "";
let messages = "";

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world, { log: createLog("trace", { write: (line) => void (logged += line) }) });
  // A seller that is as careless as sellers are: it repeats what it was sent.
  seller = createServer((request, response) => {
    const { url, headers } = request;
    if (url === `/hooks/${HOOK_SECRET}`) {
      request.on("data", (chunk) => void (messages += String(chunk)));
      return request.once("end", () => response.end());
    }
    if (url === "/good" && headers.authorization === `Bearer ${SOURCE_KEY}`)
      return response.end(openrouterDocument({ "s/one": ["0.000001", "0.000004"] }));
    response.statusCode = url === "/refused" ? 401 : url === "/broken" ? 500 : 200;
    if (url === "/away") response.writeHead(302, { location: `http://127.0.0.1:1/?key=${SOURCE_KEY}` });
    const document: unknown = JSON.parse(openrouterDocument({ "s/two": ["0.000001", "0.000004"] }));
    return response.end(
      JSON.stringify(url === "/garbage" ? { sent: headers } : { sent: headers, ...Object(document) }),
    );
  });
  await new Promise<void>((resolve) => seller.listen(0, "127.0.0.1", resolve));
  worker = await startProcess({
    entry: "src/server.ts",
    env: {
      ROLE: "worker",
      DATABASE_URL: world.url,
      LOG_LEVEL: "trace",
      ALLOW_PRIVATE_NETWORK: "true",
      ACME_API_KEY: SOURCE_KEY,
      ADMIN_API_KEY: DOORS_KEY,
      AUTH_SECRET: DOORS_SECRET,
      DRAIN_SECONDS: "0",
    },
    ready: /worker is ready/,
  });
});
afterAll(async () => {
  await worker.stop();
  seller.close();
  await doors.close();
  await world.close();
});

const ADMIN = { authorization: `Bearer ${DOORS_KEY}` };
type Headers = Record<string, string>;

async function call(path: string, input: object, headers: Headers = ADMIN) {
  const answer = await doors.app.inject({ method: "POST", url: `/api/trpc/${path}`, headers, payload: input });
  return answer.json<{ result?: { data: Record<string, string> } }>().result?.data ?? {};
}

/** Every row of every table, ours, the auth library's and the queue's. */
async function dumpTables(): Promise<string> {
  const tables = await world.db.execute<{ name: string }>(sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'pgboss')`);
  const rows = await Promise.all(
    tables.map(({ name }) => world.db.execute(`select coalesce(string_agg(t::text, ' '), '') as text from ${name} t`)),
  );
  const payloads = await world.db.select({ body: sourcePayloads.body }).from(sourcePayloads);
  return [
    ...rows.map(([row]) => String(row?.["text"])),
    ...payloads.map(({ body }) => gunzipSync(body).toString()),
  ].join("\n");
}

test("no key, password or invitation stands in a log, a table, an event, an error, a webhook, an export or an address", async () => {
  const { port } = seller.address() as { port: number };
  const names = ["good", "echo", "refused", "broken", "garbage", "away"];
  for (const name of names) {
    const source = { name, kind: "openrouter", url: `http://127.0.0.1:${port}/${name}`, apiKeyEnv: "ACME_API_KEY" };
    await call("sources.add", source);
  }
  const { signingSecret = "" } = await call("alerts.addEndpoint", {
    name: "hook",
    url: `http://127.0.0.1:${port}/hooks/${HOOK_SECRET}`,
    shape: "standard",
    events: alertEvent.options,
  });
  const tested = await call("alerts.test", { name: "hook" });
  expect(tested).toMatchObject({ state: "delivered" });
  const { key = "" } = await call("access.createKey", { name: "reader", role: "operator" });
  const { jobId = "" } = await call("syncs.trigger", { sources: names }, { authorization: `Bearer ${key}` });
  const sync = await eventually("all sources were asked", async () => {
    const found = await getSync(world.db, jobId);
    return found.log.length === names.length && found;
  });
  // Some of them would be asked again.
  await call("syncs.cancel", { jobId });
  await world.ended(jobId);
  expect(sync.log.map(({ source, outcome }) => [source, outcome])).toEqual(
    expect.arrayContaining(names.map((name) => [name, ["good", "echo"].includes(name) ? "applied" : "failed"])),
  );
  await eventually("the worker has told of the prices", async () => messages.includes("price.changed"));
  const { secret = "" } = await call("access.invite", { email: "vera@example.com", role: "viewer" });
  const refused = await doors.app.inject({
    method: "POST",
    url: "/api/join",
    payload: { secret, name: "Vera", password: "short" },
  });
  expect(refused.statusCode).toBe(422);
  await doors.app.inject({ method: "POST", url: "/api/join", payload: { secret, name: "Vera", password: PASSWORD } });
  const signIn = (password: string) =>
    doors.app.inject({
      method: "POST",
      url: "/api/auth/sign-in/email",
      payload: { email: "vera@example.com", password },
      headers: { host: "localhost", origin: "http://localhost" },
    });
  expect((await signIn(PASSWORD)).statusCode).toBe(200);
  expect((await signIn(DOORS_LOGIN.password)).statusCode).toBe(401);
  const wrong = { authorization: `Bearer ${key}x` };
  const answers = await Promise.all([
    doors.app.inject({ url: "/v1/prices", headers: wrong }),
    doors.app.inject({ url: "/v1/prices?cursor=x", headers: { authorization: `Bearer ${key}` } }),
    ...["/v1/prices", "/v1/export/litellm", "/v1/export/csv", "/v1/audit.csv", "/openapi.json"].map((url) =>
      doors.app.inject({ url, headers: ADMIN }),
    ),
    ...[`/admin/pricing/sync/${jobId}`, "/admin/pricing/scheduler/status"].map((url) =>
      doors.app.inject({ url, headers: ADMIN }),
    ),
    ...[
      "sources.list",
      "access.keys",
      "access.users",
      "access.audit?input={}",
      "syncs.list?input={}",
      "alerts.endpoints",
      "alerts.deliveries?input={}",
    ].map((path) => doors.app.inject({ url: `/api/trpc/${path}`, headers: ADMIN })),
  ]);
  const places = {
    "the server's log": logged,
    "the worker's log": worker.output(),
    "the tables": await dumpTables(),
    "the webhooks": messages,
    "the answers": [refused, ...answers].map(({ body, headers }) => body + JSON.stringify(headers)).join("\n"),
  };
  expect(logged.length).toBeGreaterThan(1_000);
  expect(worker.output()).toContain(jobId);
  expect(places["the tables"]).toContain("vera@example.com");
  const secrets = {
    SOURCE_KEY,
    HOOK_SECRET,
    signingSecret,
    DOORS_KEY,
    DOORS_SECRET,
    key,
    secret,
    PASSWORD,
    login: DOORS_LOGIN.password,
  };
  for (const [place, text] of Object.entries(places)) {
    for (const [name, value] of Object.entries(secrets)) {
      expect(value.length, name).toBeGreaterThan(15);
      expect(text.includes(value), `${name} stands in ${place}`).toBe(false);
    }
  }
});
