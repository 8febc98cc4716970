import { expect, test } from "vitest";
import { AppError } from "#/platform/errors.ts";
import { explainDatabaseError } from "#/platform/explain-database-error.ts";
import { explainStartFailure } from "#/platform/explain-start-failure.ts";

const URL = "postgres://app:hush@db.example:5432/prices";
const SETTINGS = { databaseUrl: URL, dataDir: "/srv/ratebook", port: 80, host: "10.0.0.9" };

function failure(code: string, more: Readonly<Record<string, unknown>> = {}): Error {
  return Object.assign(new Error(`${code}: it went wrong`), { code, ...more });
}

function words(error: unknown): string {
  const explained = explainStartFailure(error, SETTINGS);
  return explained instanceof AppError ? explained.message : "left as it is";
}

test.for([
  ["28P01", /Check the user and the password/],
  ["28000", /pg_hba\.conf/],
  ["3D000", /create database "prices"/],
  ["42501", /grant create on database "prices" to "app"/],
  ["25006", /Name the primary/],
  ["53100", /Free space/],
  ["53300", /raise max_connections/],
  ["57P03", /Wait until the server has started/],
  ["42P07", /a database of its own/],
  ["08P01", /pooler/],
  ["26000", /pgbouncer=true/],
  ["ECONNREFUSED", /Postgres is running/],
  ["ENOTFOUND", /Check the host/],
  ["CONNECT_TIMEOUT", /firewall/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", /sslrootcert=FILE/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", /sslmode=verify-ca/],
] as const)("a start that fails with %s is told with what was tried and what to do", ([code, advice]) => {
  // Drivers and query builders wrap what the server said, and several addresses of a host fail together.
  const wrapped = new Error("Failed query: select 1", { cause: failure(code) });
  const together = new AggregateError([failure(code)], "");
  for (const error of [failure(code), wrapped, together]) {
    const [tried = "", todo = "", ...more] = words(error).split("\n");
    expect(tried).toMatch(/^Postgres at db\.example:5432 \(database "prices", user "app"\) can't be used: .+\.$/);
    expect(todo).toMatch(advice);
    expect(more).toEqual([]);
    expect(words(error)).not.toContain("hush");
  }
});

test("a port or an address that can't be listened on is told with the setting to change", () => {
  expect(words(failure("EADDRINUSE", { syscall: "listen" }))).toMatch(
    /Port 80 is in use by another program\. Set PORT/,
  );
  expect(words(failure("EACCES", { syscall: "listen" }))).toMatch(
    /may not listen on port 80\. Set PORT to one from 1024/,
  );
  expect(words(failure("EADDRNOTAVAIL", { syscall: "listen" }))).toMatch(/no address 10\.0\.0\.9\. Set HOST/);
});

test("a failure of a file outside the data folder, and one that nobody can act on, keep their stack", () => {
  expect(words(failure("EACCES", { syscall: "open", path: "/srv/ratebook/auth.secret" }))).toMatch(/^The data folder/);
  expect(words(failure("EACCES", { syscall: "open", path: "/srv/elsewhere" }))).toBe("left as it is");
  expect(words(new TypeError("a fault of ours"))).toBe("left as it is");
  expect(explainDatabaseError(failure("ENOENT", { syscall: "open", path: "/srv/x" }), URL)).toBeUndefined();
});
