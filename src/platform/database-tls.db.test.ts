import { createServer } from "node:net";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test, type TestContext } from "vitest";
import { openDatabase } from "#/platform/database.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { openTlsPostgres, type TlsPostgres } from "#/testing/tls-postgres.ts";

let server: TlsPostgres | undefined;
beforeAll(async () => void (server = await openTlsPostgres()));
afterAll(() => server?.close());

/** Which of our connections the server sees, and whether TLS is in use on each: the pool's, and those of the queue's driver. */
async function connectBoth(url: string): Promise<Record<string, boolean>> {
  const { db, sql: driver, close } = openDatabase(url, { max: 1, name: "pool" });
  try {
    await driver`select 1`;
    const queues = await openQueues({ url, log: createLog("silent") });
    const rows = await db.execute<{ name: string; ssl: boolean }>(sql`
      select application_name as name, bool_and(ssl) as ssl from pg_stat_activity join pg_stat_ssl using (pid)
      where backend_type = 'client backend' and application_name in ('ratebook pool', 'ratebook queue') group by 1`);
    await queues.close();
    return Object.fromEntries(rows.map(({ name, ssl }) => [name, ssl]));
  } finally {
    await close();
  }
}

/** With what words each driver refuses. */
async function refusals(url: string): Promise<string[]> {
  const { sql: driver, close } = openDatabase(url, { max: 1, name: "pool" });
  const attempts = await Promise.allSettled([driver`select 1`, openQueues({ url, log: createLog("silent") })]);
  await close();
  return attempts.map((attempt) => (attempt.status === "rejected" ? String(attempt.reason) : "connected"));
}

/** The same words from both drivers. */
function twice(words: RegExp): unknown[] {
  return [expect.stringMatching(words), expect.stringMatching(words)];
}

const ENCRYPTED = { "ratebook pool": true, "ratebook queue": true };
const PLAIN = { "ratebook pool": false, "ratebook queue": false };

function secured({ skip }: TestContext): TlsPostgres {
  return server ?? skip("the embedded Postgres of this platform is built without OpenSSL");
}

test("sslmode means the same to both drivers as it does to libpq, with a certificate that nobody trusts", async (context) => {
  const { urlAt } = secured(context);
  expect(await connectBoth(urlAt("127.0.0.1", { sslmode: "disable" }))).toEqual(PLAIN);
  expect(await connectBoth(urlAt("127.0.0.1", {}))).toEqual(ENCRYPTED);
  expect(await connectBoth(urlAt("127.0.0.1", { sslmode: "prefer" }))).toEqual(ENCRYPTED);
  expect(await connectBoth(urlAt("127.0.0.1", { sslmode: "require" }))).toEqual(ENCRYPTED);
  expect(await connectBoth(urlAt("127.0.0.1", { sslmode: "require", channel_binding: "require" }))).toEqual(ENCRYPTED);
  for (const sslmode of ["verify-ca", "verify-full"]) {
    expect(await refusals(urlAt("localhost", { sslmode }))).toEqual(twice(/unable to verify the first certificate/));
  }
});

test("verify-ca checks who signed the certificate, verify-full its name too, and require becomes verify-ca when an authority is named", async (context) => {
  const { urlAt, authorityFile: sslrootcert } = secured(context);
  expect(await connectBoth(urlAt("localhost", { sslmode: "verify-full", sslrootcert }))).toEqual(ENCRYPTED);
  expect(await refusals(urlAt("127.0.0.1", { sslmode: "verify-full", sslrootcert }))).toEqual(twice(/altnames/));
  expect(await connectBoth(urlAt("127.0.0.1", { sslmode: "verify-ca", sslrootcert }))).toEqual(ENCRYPTED);
  expect(await connectBoth(urlAt("127.0.0.1", { sslmode: "require", sslrootcert }))).toEqual(ENCRYPTED);
});

test("a server without TLS is spoken to plainly under prefer, and refused under require", async () => {
  const plain = (sslmode: string) =>
    Object.assign(new URL(inject("postgresUrl")), { search: `sslmode=${sslmode}` }).href;
  expect(await connectBoth(plain("prefer"))).toMatchObject(PLAIN);
  expect(await refusals(plain("require"))).toEqual(twice(/the server does not offer TLS/));
});

test("a large answer and a large statement arrive whole over TLS", async (context) => {
  const { db, close } = openDatabase(secured(context).urlAt("127.0.0.1", { sslmode: "require" }), {
    max: 1,
    name: "pool",
  });
  const text = "ж".repeat(5_000_000);
  const [row] = await db.execute<{ text: string; length: number }>(
    sql`select ${text}::text as text, length(${text}) as length`,
  );
  expect(row?.length).toBe(text.length);
  expect(row?.text === text).toBe(true);
  await close();
});

test("over TLS too, a query on a connection that the server has closed fails, and the next one is made anew", async (context) => {
  const { sql: driver, close } = openDatabase(secured(context).urlAt("127.0.0.1", { sslmode: "require" }), {
    max: 1,
    name: "pool",
    silenceMs: 500,
  });
  await expect(driver`select pg_terminate_backend(pg_backend_pid())`).rejects.toThrow(
    /terminating connection|CONNECTION_CLOSED/,
  );
  expect(await driver`select 1 as one`).toEqual([{ one: 1 }]);
  // A connection on which nothing moves for too long is closed, whatever the server still does.
  await expect(driver`select pg_sleep(60)`).rejects.toThrow(/CONNECTION_CLOSED/);
  expect(await driver`select 2 as two`).toEqual([{ two: 2 }]);
  await close();
});

test("a server that answers the question for TLS with more than one byte is not believed", async () => {
  const liar = createServer((socket) => void socket.once("data", () => socket.write("NZ")));
  await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
  const address = liar.address();
  const port = typeof address === "object" ? address?.port : undefined;
  expect(await refusals(`postgres://u:p@127.0.0.1:${port}/d`)).toEqual(twice(/does not answer as Postgres does/));
  await new Promise((resolve) => liar.close(resolve));
});
