import { afterAll, beforeAll, expect, test } from "vitest";
import { DOORS_KEY, DOORS_LOGIN, openDoors } from "#/testing/open-doors.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world, { limits: { known: 5, unknown: 4, guesses: 3 } });
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Of a problem's or a tRPC error's fields, those that say it. */
function shapeOf(body: unknown): unknown {
  const { error, status, detail } = body as Refusal;
  if (error === undefined) return { status, detail };
  const { message, data } = error;
  return { error: { message, data: { httpStatus: data.httpStatus, retryAfterSeconds: data.retryAfterSeconds } } };
}
type Refusal = {
  status?: number;
  detail?: string;
  error?: { message: string; data: { httpStatus: number; retryAfterSeconds?: number } };
};

function expectBusy(answer: { statusCode: number; headers: Record<string, unknown>; json: () => unknown }): void {
  expect(answer.statusCode).toBe(429);
  const seconds = Number(answer.headers["retry-after"]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  const words = expect.stringContaining("try again in");
  expect([
    { status: 429, detail: words },
    { error: { message: words, data: { httpStatus: 429, retryAfterSeconds: seconds } } },
  ]).toContainEqual(shapeOf(answer.json()));
}

test("a key that asks too often is told when to come back, and another one is not held up", async () => {
  const made = await doors.app.inject({
    method: "POST",
    url: "/api/trpc/access.createKey",
    headers: bearer(DOORS_KEY),
    payload: { name: "other", role: "viewer" },
  });
  const { key } = made.json<{ result: { data: { key: string } } }>().result.data;
  const ask = (own: string) => doors.app.inject({ url: "/api/trpc/access.me", headers: bearer(own) });
  for (let turn = 0; turn < 4; turn += 1) expect((await ask(DOORS_KEY)).statusCode).toBe(200);
  expectBusy(await ask(DOORS_KEY));
  expect((await ask(key)).statusCode).toBe(200);
  expect((await doors.app.inject({ url: "/healthz" })).statusCode).toBe(200);
});

test("an address that guesses keys or passwords is stopped, and is not let in by the right one then", async () => {
  const guess = (key: string) =>
    doors.app.inject({ url: "/api/trpc/access.me", headers: bearer(key), remoteAddress: "192.0.2.7" });
  for (let turn = 0; turn < 4; turn += 1) expect((await guess(`rbk_${turn}`)).statusCode).toBe(401);
  expectBusy(await guess("rbk_5"));

  const signIn = (password: string, remoteAddress: string) =>
    doors.app.inject({
      method: "POST",
      url: "/api/auth/sign-in/email",
      payload: { ...DOORS_LOGIN, password },
      headers: { host: "localhost", origin: "http://localhost" },
      remoteAddress,
    });
  for (let turn = 0; turn < 3; turn += 1) expect((await signIn(`wrong ${turn}`, "192.0.2.8")).statusCode).toBe(401);
  expectBusy(await signIn(DOORS_LOGIN.password, "192.0.2.8"));
  expect((await signIn(DOORS_LOGIN.password, "192.0.2.9")).statusCode).toBe(200);
  for (let turn = 0; turn < 2; turn += 1) {
    const join = await doors.app.inject({ method: "POST", url: "/api/join", payload: {}, remoteAddress: "192.0.2.9" });
    expect(join.statusCode).toBe(422);
  }
  expectBusy(await doors.app.inject({ method: "POST", url: "/api/join", payload: {}, remoteAddress: "192.0.2.9" }));
});
