import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";

const ROLE = "ünusual user";
const PASSWORD = "p@ss/w%rd:?#&+ ü";
const NAME = "my db/%ü";
const asRole = `${encodeURIComponent(ROLE)}:${encodeURIComponent(PASSWORD)}`;

let admin: Database;
let folder: string;
const relays: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-places-"));
  admin = openDatabase(inject("postgresUrl"), { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create role "${ROLE}" login password '${PASSWORD}'`);
  await admin.sql.unsafe(`create database "${NAME}" owner "${ROLE}"`);
});
afterAll(async () => {
  for (const relay of relays) await new Promise((resolve) => relay.close(resolve));
  await admin.sql.unsafe(`drop database "${NAME}" with (force)`);
  await admin.sql.unsafe(`drop role "${ROLE}"`);
  await admin.close();
  await rm(folder, { recursive: true, force: true });
});

function serverPort(): number {
  return Number(new URL(inject("postgresUrl")).port);
}

function passOn(client: Socket): void {
  const server = connect(serverPort(), "127.0.0.1");
  client.pipe(server).pipe(client);
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
}

/** Listens where the test server does not, and passes everything on to it. */
async function openRelay(where: string | { host: string }, take: (client: Socket) => void = passOn): Promise<number> {
  const relay = createServer(take);
  relays.push(relay);
  await new Promise<void>((resolve, reject) => {
    relay.once("error", reject);
    if (typeof where === "string") relay.listen(where, resolve);
    else relay.listen(0, where.host, resolve);
  });
  const address = relay.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** What both drivers' connections are to the server: user, database and name of each. */
async function seenByServer(url: string): Promise<unknown> {
  const { db, close } = openDatabase(url, { max: 1, name: "pool" });
  try {
    const queues = await openQueues({ url, log: createLog("silent") });
    const rows = await db.execute(sql`
      select distinct usename as user, datname as database, application_name as name from pg_stat_activity
      where datname = current_database() order by name`);
    await queues.close();
    return [...rows];
  } finally {
    await close();
  }
}

const EXPECTED = ["pool", "queue"].map((name) => ({ user: ROLE, database: NAME, name: `ratebook ${name}` }));

test("percent-encoded users, passwords and database names reach the server as they are meant, from both drivers", async () => {
  const url = `postgres://${asRole}@127.0.0.1:${serverPort()}/${encodeURIComponent(NAME)}`;
  expect(await seenByServer(url)).toEqual(EXPECTED);
});

test("a server on a Unix socket is reached, by its folder as the host or as a parameter", async () => {
  await openRelay(join(folder, ".s.PGSQL.5432"));
  const name = encodeURIComponent(NAME);
  expect(await seenByServer(`postgres://${asRole}@${encodeURIComponent(folder)}/${name}?sslmode=require`)).toEqual(
    EXPECTED,
  );
  expect(await seenByServer(`postgres://${asRole}@/${name}?host=${folder}`)).toEqual(EXPECTED);
});

test("a server on an IPv6 address is reached", async (context) => {
  const port = await openRelay({ host: "::1" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") return undefined;
    throw error;
  });
  context.skip(port === undefined, "this machine has no IPv6 loopback address");
  expect(await seenByServer(`postgres://${asRole}@[::1]:${port}/${encodeURIComponent(NAME)}`)).toEqual(EXPECTED);
});

test("an application name and settings of the URL reach the sessions of both drivers, and stay beside our own", async () => {
  const query = "application_name=prices&options=-c%20work_mem%3D7MB%20-c%20lock_timeout%3D5s&pgbouncer=true";
  const url = `postgres://${asRole}@127.0.0.1:${serverPort()}/${encodeURIComponent(NAME)}?${query}`;
  expect(await seenByServer(url)).toEqual(
    EXPECTED.map((one) => ({ ...one, name: one.name.replace("ratebook", "prices") })),
  );
  const { db, close } = openDatabase(url, { max: 1, name: "pool" });
  const [row] = await db.execute(sql`
    select current_setting('work_mem') as memory, current_setting('lock_timeout') as lock, current_setting('timezone') as zone`);
  expect(row).toEqual({ memory: "7MB", lock: "5s", zone: "UTC" });
  await close();
});

test("prefer speaks plainly to a server whose TLS does not come about", async () => {
  const asked: string[] = [];
  const port = await openRelay({ host: "127.0.0.1" }, (client) => {
    client.once("data", (first) => {
      asked.push(first.length === 8 ? "for TLS" : "plainly");
      if (first.length === 8) {
        client.once("data", () => client.end("no hello")).write("S");
      } else {
        client.unshift(first);
        passOn(client);
      }
    });
    client.on("error", () => {});
  });
  const url = (query: string) => `postgres://${asRole}@127.0.0.1:${port}/${encodeURIComponent(NAME)}${query}`;
  const { sql: driver, close } = openDatabase(url(""), { max: 1, name: "pool" });
  expect(await driver`select 1 as one`).toEqual([{ one: 1 }]);
  await close();
  expect(asked).toEqual(["for TLS", "plainly"]);
  const strict = openDatabase(url("?sslmode=require"), { max: 1, name: "pool" });
  await expect(strict.sql`select 1`).rejects.toThrow();
  await strict.close();
  expect(asked).toEqual(["for TLS", "plainly", "for TLS"]);
});
