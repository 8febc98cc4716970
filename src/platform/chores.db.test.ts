import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startChores, type Chore, type Chores } from "#/platform/chores.ts";
import { createLog } from "#/platform/log.ts";
import { eventually } from "#/testing/eventually.ts";
import { createManualClock } from "#/testing/manual-clock.ts";
import { openTestDatabase, type TestDatabase } from "#/testing/test-database.ts";

let database: TestDatabase;
let chores: Chores | undefined;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.sql`create table flags (name text primary key)`;
});
afterEach(async () => {
  await chores?.stop();
  await database.sql`delete from flags`;
});
afterAll(() => database.close());

const raise = (name: string) => database.sql`insert into flags values (${name})`;
const isRaised = (name: string) => sql<boolean>`exists (select from flags where name = ${name})`;

/** What has been begun, in order, and a clock that stands until a test moves it on. */
function start(listed: (begin: (name: string) => () => Promise<unknown>) => Chore[]) {
  const clock = createManualClock();
  const begun: string[] = [];
  chores = startChores(
    { db: database.db, clock, log: createLog("silent") },
    listed((name) => () => Promise.resolve(begun.push(name))),
  );
  return {
    begun,
    /** Waits for as many as are expected, and answers what was begun in this second. */
    second: async (most: number) => {
      begun.length = 0;
      await clock.advance(1_000);
      await eventually(`${most} chores are begun`, async () => begun.length >= most);
      return [...begun];
    },
  };
}

test("each chore is done in its own time, whatever becomes of the others", async () => {
  const { second } = start((begin) => [
    { name: "failing", everyMs: 1_000, run: () => Promise.reject(new Error("the database is away")) },
    { name: "often", everyMs: 1_000, run: begin("often") },
    { name: "seldom", everyMs: 3_000, run: begin("seldom") },
  ]);
  expect(await second(2)).toEqual(["often", "seldom"]);
  expect(await second(1)).toEqual(["often"]);
  expect(await second(1)).toEqual(["often"]);
  expect(await second(2)).toEqual(["often", "seldom"]);
});

test("a chore with a condition is done in every second in which it holds, and each by its own", async () => {
  const { second } = start((begin) => [
    { name: "one", due: isRaised("one"), run: begin("one") },
    { name: "always", everyMs: 1_000, run: begin("always") },
    { name: "other", due: isRaised("other"), run: begin("other") },
  ]);
  expect(await second(1)).toEqual(["always"]);
  await raise("other");
  expect(await second(2)).toEqual(["always", "other"]);
  await raise("one");
  expect(await second(3)).toEqual(["one", "always", "other"]);
});

test("all are done when the database can't say what is due", async () => {
  const { second } = start((begin) => [
    { name: "one", due: sql<boolean>`(select true from no_such_table)`, run: begin("one") },
    { name: "other", due: isRaised("other"), run: begin("other") },
  ]);
  expect(await second(2)).toEqual(["one", "other"]);
});

test("a chore that takes long keeps none from its time, is not done twice at a time, and is waited for at the end", async () => {
  const gate = Promise.withResolvers<void>();
  const { second, begun } = start((begin) => [
    { name: "long", everyMs: 1_000, run: () => Promise.all([begin("long")(), gate.promise]) },
    { name: "short", everyMs: 1_000, run: begin("short") },
  ]);
  expect(await second(2)).toEqual(["long", "short"]);
  expect(await second(1)).toEqual(["short"]);
  let isStopped = false;
  const stopping = chores?.stop().then(() => (isStopped = true));
  await database.sql`select 1`;
  expect(isStopped).toBe(false);
  gate.resolve();
  await stopping;
  expect(begun).toEqual(["short"]);
});
