import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";

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

/** It ended with exit code 1 and at most two lines, which say no password and show no stack. */
async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const { code, words, out } = await startToEnd(env);
  expect(code, words).toBe(1);
  expect(words.trim().split("\n").length, words).toBeLessThanOrEqual(2);
  expect(words).not.toMatch(/\n\s+at |Failed query|node:internal/);
  expect(words + out).not.toContain(PASSWORD);
  expect(words + out).not.toContain(new URL(inject("postgresUrl")).password);
  return words;
}

test("a wrong password, a database that is not there and a server that is not there are told apart in two lines each", async () => {
  const port = new URL(inject("postgresUrl")).port;
  expect(await refusal({ DATABASE_URL: address({ username: role, password: "not-this-one" }) })).toBe(
    `Postgres at 127.0.0.1:${port} (database "postgres", user "${role}") can't be used: password authentication failed for user "${role}".\n` +
      "Check the user and the password in DATABASE_URL. Special characters in a password are percent-encoded: @ is %40.\n",
  );
  expect(await refusal({ DATABASE_URL: address({ pathname: "/no_such" }) })).toMatch(
    /can't be used: database "no_such" does not exist\.\nCreate it, .*create database "no_such"\.\n$/,
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
