import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { asDatabaseOutage } from "#/platform/database-outage.ts";
import { openDatabase } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openChaosPostgres, type ChaosPostgres } from "#/testing/chaos/postgres.ts";
import { eventually } from "#/testing/eventually.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";
import { DOORS_KEY, DOORS_LOGIN, openDoors } from "#/testing/open-doors.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const RESTARTS = 3;

let server: ChaosPostgres;
let address: FaultProxy;
let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
const lines: { level: number; msg: string; err?: { message: string } }[] = [];

beforeAll(async () => {
  // A server of the file's own, as it is stopped. After a start it has another port; this address always leads to it.
  server = await openChaosPostgres();
  const urlOn = await server.createDatabase("doors");
  address = await openFaultProxy(server.port);
  const url = urlOn(address.port);
  world = await openSyncWorld({ database: { ...openDatabase(url, { max: 10, name: "test" }), url } });
  const log = createLog("info", { write: (line) => void lines.push(JSON.parse(line)) });
  doors = await openDoors(world, { log, limits: { known: 1_000_000 } });
}, 120_000);
afterAll(async () => {
  await doors.close();
  await world.close();
  await address.close();
  await server.close();
});

type Answer = Readonly<{ statusCode: number; headers: Record<string, unknown>; body: string; json: () => unknown }>;
type Part = { error?: { data: { httpStatus: number } } };
type Seen = { answers: Answer[]; unavailable: number; good: number };

const bearer = { authorization: `Bearer ${DOORS_KEY}` };
const own = { host: "localhost", origin: "http://localhost" };

/** Every way in, each with what it is asked by. */
function listWays(session: string): Record<string, () => Promise<Answer>> {
  const { app } = doors;
  const post = (url: string, headers: object, payload: object) =>
    app.inject({ method: "POST", url, headers: { ...own, ...headers }, payload });
  return {
    "REST trigger": () => post("/admin/pricing/scheduler/trigger", bearer, {}),
    "tRPC trigger": () => post("/api/trpc/syncs.trigger", bearer, {}),
    "trigger with a session": () => post("/api/trpc/syncs.trigger", { cookie: session }, { dryRun: true }),
    "REST prices with a session": () => app.inject({ url: "/v1/prices", headers: { cookie: session } }),
    "tRPC batch": () =>
      app.inject({ url: "/api/trpc/access.me,syncs.active?batch=1&input={}", headers: { cookie: session } }),
    "sign-in": () => post("/api/auth/sign-in/email", {}, DOORS_LOGIN),
  };
}

test("around restarts of the database every way in answers 2xx or 503 with when to ask again, and no fault is logged as ours", async () => {
  const { cookies } = await doors.app.inject({
    method: "POST",
    url: "/api/auth/sign-in/email",
    headers: own,
    payload: DOORS_LOGIN,
  });
  const ways = listWays(cookies.map(({ name, value }) => `${name}=${value}`).join("; "));
  const seen = new Map<string, Seen>();
  for (const name of Object.keys(ways)) seen.set(name, { answers: [], unavailable: 0, good: 0 });
  const over = new AbortController();
  const clients = Object.entries(ways).flatMap(([name, ask]) =>
    Array.from({ length: name.includes("trigger") ? 8 : 2 }, async () => {
      const mine = seen.get(name) ?? { answers: [], unavailable: 0, good: 0 };
      while (!over.signal.aborted) {
        const answer = await ask();
        mine.answers.push(answer);
        if (answer.statusCode === 503) mine.unavailable += 1;
        if (answer.statusCode < 300) mine.good += 1;
      }
    }),
  );
  const moreOfAll = async (what: "unavailable" | "good") => {
    const before = new Map([...seen].map(([name, mine]) => [name, mine[what]]));
    await eventually(`every way in was ${what}`, async () =>
      [...seen].every(([name, mine]) => mine[what] > (before.get(name) ?? 0)),
    );
  };
  try {
    for (let restart = 0; restart < RESTARTS; restart += 1) {
      await moreOfAll("good");
      await server.stop();
      if (restart % 2 === 0) await moreOfAll("unavailable");
      await server.start();
    }
    await moreOfAll("good");
  } finally {
    over.abort();
    await Promise.all(clients);
  }

  for (const [name, { answers }] of seen) {
    // Of a batch, each part has a status of its own: 207 when they differ.
    const isParted = ({ statusCode }: Answer) => name === "tRPC batch" && statusCode === 207;
    const parts = answers.flatMap((answer) => (isParted(answer) ? (answer.json() as Part[]) : []));
    for (const { error } of parts) expect([undefined, 503], name).toContain(error?.data.httpStatus);
    const whole = answers.filter((answer) => !isParted(answer));
    expect(
      [...new Set(whole.map(({ statusCode }) => statusCode))].toSorted((a, b) => a - b),
      name,
    ).toEqual(name.startsWith("REST trigger") ? [202, 503] : [200, 503]);
    for (const { headers, body } of answers.filter(({ statusCode }) => statusCode === 503)) {
      expect(Number(headers["retry-after"]), `${name}: ${body}`).toBeGreaterThan(0);
      expect(body, name).toContain("database can't be reached");
    }
  }
  // The auth library writes failed statements there, past every log.
  const written = vi.spyOn(console, "error").mock.calls.splice(0);
  expect(written.filter(([error]) => asDatabaseOutage(error) === undefined)).toEqual([]);
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  expect(lines.length).toBeGreaterThan(0);
}, 180_000);
