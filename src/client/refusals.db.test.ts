import { afterAll, beforeAll, expect, test } from "vitest";
import { createRatebookClient, type RatebookClient } from "#/client/ratebook-client.ts";
import type { RatebookError } from "#/client/ratebook-error.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const KNOWN = 8;

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;
beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world, { limits: { known: KNOWN } });
  url = await doors.listen();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

const asks: Record<string, (client: RatebookClient) => Promise<RatebookError>> = {
  "a query": (client) => failureOf(client.lock.status.query()),
  "a mutation": (client) => failureOf(client.lock.release.mutate({ reason: "for a test" })),
  "a subscription": (client) =>
    new Promise((resolve) => {
      client.syncs.watch.subscribe({}, { onError: resolve });
    }),
};

function failureOf(call: Promise<unknown>): Promise<RatebookError> {
  return call.then(
    () => expect.unreachable("it should have failed"),
    (error: RatebookError) => error,
  );
}

test("a client is told a wrong key, a role that is too low, too many requests and a server that is away apart", async () => {
  for (const [name, ask] of Object.entries(asks))
    expect(await ask(createRatebookClient({ url, apiKey: "rbk_wrong" })), name).toMatchObject({
      kind: "refused",
      status: 401,
      check: "apiKey",
    });
  const admin = createRatebookClient({ url, apiKey: DOORS_KEY });
  const { key } = await admin.access.createKey.mutate({ name: "reader", role: "viewer" });
  const viewer = createRatebookClient({ url, apiKey: key });
  expect(await failureOf(viewer.lock.release.mutate({ reason: "for a test" }))).toMatchObject({
    kind: "refused",
    status: 403,
    message: expect.stringContaining('This needs the role "admin"; yours is "viewer"'),
  });
  for (let asked = 1; asked < KNOWN; asked += 1) await viewer.access.me.query();
  expect(await failureOf(viewer.access.me.query())).toMatchObject({
    kind: "refused",
    status: 429,
    retryAfterSeconds: expect.any(Number),
    message: expect.stringContaining("Too many requests"),
  });
  await doors.app.close();
  for (const name of ["a query", "a mutation"])
    expect(await asks[name]?.(admin), name).toMatchObject({ kind: "unreachable" });
});
