import { afterAll, beforeAll, expect, test } from "vitest";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
beforeAll(async () => {
  world = await openSyncWorld();
  await world.addSource("mine", () => fetched("[]"));
  doors = await openDoors(world);
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

async function keyOf(role: string): Promise<string> {
  const answer = await doors.app.inject({
    method: "POST",
    url: "/api/trpc/access.createKey",
    headers: { host: "localhost", authorization: `Bearer ${DOORS_KEY}` },
    payload: { name: role, role },
  });
  return answer.json<{ result: { data: { key: string } } }>().result.data.key;
}

async function tryGuard(key: string, days: number): Promise<number> {
  const input = encodeURIComponent(JSON.stringify({ name: "mine", guard: {}, days }));
  const answer = await doors.app.inject({
    url: `/api/trpc/sources.tryGuard?input=${input}`,
    headers: { host: "localhost", authorization: `Bearer ${key}` },
  });
  return answer.statusCode;
}

test("thresholds are tried by an operator, not by a viewer, and on no more than 365 days", async () => {
  const [viewer, operator] = [await keyOf("viewer"), await keyOf("operator")];
  expect([await tryGuard(viewer, 30), await tryGuard(operator, 30)]).toEqual([403, 200]);
  expect([await tryGuard(operator, 365), await tryGuard(operator, 366)]).toEqual([200, 400]);
});
