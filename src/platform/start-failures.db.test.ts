import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readConfig } from "#/config.ts";
import { openDatabase, type Database } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { AppError } from "#/platform/errors.ts";
import { startServer } from "#/server.ts";

const PASSWORD = "hush-hush-hush";
const suffix = randomBytes(4).toString("hex");
const role = `guest_${suffix}`;
const made: string[] = [];
let admin: Database;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-start-"));
  admin = openDatabase(inject("postgresUrl"), { max: 1, name: "test admin" });
  await admin.sql.unsafe(`create role ${role} login password '${PASSWORD}'`);
});
afterAll(async () => {
  for (const name of made) await admin.sql.unsafe(`drop database ${name} with (force)`);
  await admin.sql.unsafe(`drop role ${role}`);
  await admin.close();
  await rm(folder, { recursive: true, force: true });
});

/** An empty database; `how` follows `create database NAME`. */
async function createDatabase(how = ""): Promise<string> {
  const name = `start_${randomBytes(4).toString("hex")}`;
  await admin.sql.unsafe(`create database ${name} ${how}`);
  made.push(name);
  return name;
}

/** The test server's address with some parts changed. */
function address(
  parts: Partial<Record<"hostname" | "port" | "username" | "password" | "pathname" | "search", string>>,
): string {
  return Object.assign(new URL(inject("postgresUrl")), parts).href;
}

/** Starts a worker as anybody would, and waits for its end. */
async function startToEnd(
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; words: string; out: string }> {
  const child = spawn(process.execPath, ["src/server.ts"], {
    env: { ...process.env, ROLE: "worker", RATEBOOK_DATA_DIR: join(folder, "data"), ...env },
  });
  let words = "";
  let out = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, words, out };
}

/** With what words a start in this process is refused: at most two lines without a password. A process prints them as they are. */
async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const config = readConfig({ ROLE: "worker", LOG_LEVEL: "silent", RATEBOOK_DATA_DIR: join(folder, "data"), ...env });
  const refused = await startServer(config).then(
    (server) => server.close().then(() => new Error("it started")),
    (error: unknown) => error,
  );
  if (!(refused instanceof AppError)) throw refused;
  expect(refused.message.split("\n").length, refused.message).toBeLessThanOrEqual(2);
  expect(refused.message).not.toContain(PASSWORD);
  expect(refused.message).not.toContain(new URL(inject("postgresUrl")).password);
  return refused.message;
}

test("a start that fails prints its two lines alone, without a stack or a password, and ends with exit code 1", async () => {
  const { code, words, out } = await startToEnd({ DATABASE_URL: address({ pathname: "/no_such" }) });
  expect(words).toMatch(/^Postgres at .* can't be used: .*\nCreate it, .*\n$/);
  expect(out).toBe("");
  expect(code).toBe(1);
});

test("a wrong password, a database that is not there and a server that is not there are told apart in two lines each", async () => {
  const port = new URL(inject("postgresUrl")).port;
  expect(await refusal({ DATABASE_URL: address({ username: role, password: "not-this-one" }) })).toBe(
    `Postgres at 127.0.0.1:${port} (database "postgres", user "${role}") can't be used: password authentication failed for user "${role}".\n` +
      "Check the user and the password in DATABASE_URL. Special characters in a password are percent-encoded: @ is %40.",
  );
  expect(await refusal({ DATABASE_URL: address({ pathname: "/no_such" }) })).toMatch(
    /can't be used: database "no_such" does not exist\.\nCreate it, .*create database "no_such"\.$/,
  );
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const free = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  const nobody = address({
    port: String(typeof free === "object" ? free?.port : 1),
    username: "ann",
    password: PASSWORD,
  });
  expect(await refusal({ DATABASE_URL: nobody })).toMatch(
    /^Postgres at 127\.0\.0\.1:\d+ \(database "postgres", user "ann"\) can't be used: nothing listens there\.\nCheck that Postgres is running/,
  );
  expect(await refusal({ DATABASE_URL: address({ hostname: "db.invalid" }) })).toMatch(
    /host.*\nCheck the host in DATABASE_URL/,
  );
});

test("TLS that is asked for and not offered, and a role that may not create a schema, are told with what to do", async () => {
  expect(await refusal({ DATABASE_URL: address({ search: "sslmode=require" }) })).toMatch(
    /the server does not offer TLS\.\n.*sslmode=require\. Switch ssl on in the server, or .*sslmode=prefer/,
  );
  const name = await createDatabase();
  expect(
    await refusal({ DATABASE_URL: address({ username: role, password: PASSWORD, pathname: `/${name}` }) }),
  ).toMatch(
    new RegExp(`permission denied for database ${name}\\.\\n.*grant create on database "${name}" to "${role}"`),
  );
});

test("a database that is read-only, not UTF-8, full or out of connections is told in words at the start", async () => {
  const readOnly = await createDatabase();
  await admin.sql.unsafe(`alter database ${readOnly} set default_transaction_read_only = on`);
  expect(await refusal({ DATABASE_URL: address({ pathname: `/${readOnly}` }) })).toMatch(/Transactions are read-only/);
  const ascii = await createDatabase("encoding 'SQL_ASCII' template template0");
  expect(await refusal({ DATABASE_URL: address({ pathname: `/${ascii}` }) })).toMatch(/encoding is SQL_ASCII/);

  const crowded = await createDatabase("connection limit 0");
  const asGuest = { username: role, password: PASSWORD };
  expect(await refusal({ DATABASE_URL: address({ ...asGuest, pathname: `/${crowded}` }) })).toMatch(
    /too many connections for database.*\n.*raise max_connections/,
  );

  const full = await createDatabase();
  const inside = openDatabase(address({ pathname: `/${full}` }), { max: 1, name: "test" });
  await inside.sql.unsafe(`
    create function fill_disk() returns event_trigger language plpgsql as
      $$ begin raise 'could not extend file "base/1/2": No space left on device' using errcode = '53100'; end $$;
    create event trigger full_disk on ddl_command_start execute function fill_disk()`);
  await inside.close();
  expect(await refusal({ DATABASE_URL: address({ pathname: `/${full}` }) })).toMatch(
    /No space left on device\.\nFree space on the database's disk/,
  );
});

test("a replica that is in recovery is told, and to name the primary instead", async () => {
  const standby = join(folder, "standby");
  await (await openEmbeddedPostgres(standby)).close();
  await writeFile(join(standby, "postgres", "standby.signal"), "");
  const server = await openEmbeddedPostgres(standby);
  expect(await refusal({ DATABASE_URL: server.url })).toMatch(/read-only replica \(in recovery\)\. Name the primary/);
  await server.close();
});

test("a data folder that can't be used, holds half a database, or one of another version of Postgres is told in words", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  const embedded = (dataDir: string) => refusal({ DATABASE_URL: "", RATEBOOK_DATA_DIR: dataDir });
  expect(await embedded(file)).toMatch(/^The data folder .*a-file can't be used: EEXIST.*\nSet RATEBOOK_DATA_DIR to/);
  expect(await refusal({ DATABASE_URL: inject("postgresUrl"), RATEBOOK_DATA_DIR: join(file, "below") })).toMatch(
    /can't be used: ENOTDIR.*\n.*With AUTH_SECRET set, no folder is needed/,
  );

  const old = join(folder, "old");
  await (await openEmbeddedPostgres(old)).close();
  await writeFile(join(old, "postgres", "PG_VERSION"), "14\n");
  expect(await embedded(old)).toMatch(/made by PostgreSQL 14, and this Ratebook brings \d+\.\d+, which can't read it/);
  await rm(join(old, "postgres.password"));
  expect(await embedded(old)).toMatch(/password file .* is not there\. Put the file back/);
});

test("settings that can't be read are told together, and a secret is not repeated", async () => {
  const { code, words } = await startToEnd({ DATABASE_URL: "", PORT: "http", AUTH_SECRET: PASSWORD });
  expect(code).toBe(1);
  expect(words).toMatch(
    /^The environment is not usable:\n {2}PORT: .*\n {2}AUTH_SECRET: must have at least 32 characters\n$/,
  );
});

test("a launcher on a Node that is too old says so before it does anything", async () => {
  const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.0" } })';
  const child = spawn(process.execPath, [
    `--import=data:text/javascript,${encodeURIComponent(older)}`,
    "src/launch.mjs",
    "start",
  ]);
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  await once(child, "close");
  expect(words).toBe(
    "Ratebook needs Node 20 or newer to be started, and this is 18.20.0. Install Node 24 and try again\n",
  );
  expect(child.exitCode).toBe(1);
});
