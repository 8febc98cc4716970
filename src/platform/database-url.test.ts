import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { describeTarget, readDatabaseUrl, withSessionSetting } from "#/platform/database-url.ts";

test("a database URL is read as libpq reads it: defaults, encoded names, IPv6, Unix sockets, overriding parameters", () => {
  const user = userInfo().username;
  expect(readDatabaseUrl("postgresql://")).toMatchObject({ host: "localhost", port: 5432, user, database: user });
  expect(readDatabaseUrl("postgres://app:p%40ss%2Fw%25rd%3A@db.example:6432/my%20db%2F%C3%BC")).toMatchObject({
    host: "db.example",
    port: 6432,
    user: "app",
    password: "p@ss/w%rd:",
    database: "my db/ü",
  });
  // What is unambiguous needs no encoding.
  expect(readDatabaseUrl("postgres://app:a:b@c#d+e@h/d")).toMatchObject({ password: "a:b@c#d+e", host: "h" });
  expect(readDatabaseUrl("postgres://u@[2001:db8::1]:5433/d")).toMatchObject({ host: "2001:db8::1", port: 5433 });
  expect(readDatabaseUrl("postgres://u@[::1]/d")).toMatchObject({ host: "::1", port: 5432 });
  expect(readDatabaseUrl("postgres://u:p@%2Fvar%2Frun%2Fpostgresql/d")).toMatchObject({ host: "/var/run/postgresql" });
  expect(readDatabaseUrl("postgres:///d?host=/tmp&port=5433&user=u&password=p%2B+q")).toMatchObject({
    host: "/tmp",
    port: 5433,
    user: "u",
    password: "p++q",
    database: "d",
  });
  expect(readDatabaseUrl("postgres://u@h/ignored?dbname=d")).toMatchObject({ database: "d" });
});

test("sslmode is libpq's, its default too; channel_binding is taken, and asks for TLS where it is required", () => {
  const mode = (query: string) => readDatabaseUrl(`postgres://u@h/d?${query}`).sslMode;
  expect(mode("")).toBe("prefer");
  for (const one of ["disable", "prefer", "require", "verify-ca", "verify-full"])
    expect(mode(`sslmode=${one}`)).toBe(one);
  expect(mode("sslmode=allow")).toBe("prefer");
  expect(mode("sslmode=no-verify")).toBe("require");
  expect(mode("ssl=true")).toBe("require");
  expect(mode("ssl=false")).toBe("disable");
  expect(mode("sslrootcert=system")).toBe("verify-full");
  expect(mode("sslmode=require&channel_binding=require")).toBe("require");
  expect(mode("channel_binding=require")).toBe("require");
  expect(mode("channel_binding=prefer")).toBe("prefer");
  expect(() => mode("sslmode=always")).toThrow(/sslmode=always, which is none of disable, prefer, require/);
});

test("a name and settings for the session are passed on, and what has no effect is named", () => {
  const target = readDatabaseUrl(
    "postgres://u@h/d?application_name=prices&options=-c%20work_mem%3D8MB&pgbouncer=true&connection_limit=5",
  );
  expect(target).toMatchObject({
    applicationName: "prices",
    options: "-c work_mem=8MB",
    isPooledByTransaction: true,
    ignored: ["connection_limit"],
  });
  const added = withSessionSetting(
    "postgres://u@h/d?options=-c%20work_mem%3D8MB",
    "default_transaction_isolation",
    "read committed",
  );
  expect(readDatabaseUrl(added).options).toBe(
    String.raw`-c work_mem=8MB -c default_transaction_isolation=read\ committed`,
  );
  expect(readDatabaseUrl(withSessionSetting("postgres://u@h/d", "a", "b")).options).toBe("-c a=b");
});

test.for([
  ["mysql://u:hush@h/d", /has to look like postgres:/],
  ["postgres://u:hu/sh@h/d", /port that is not a number.*percent-encoded/],
  ["postgres://u:hush%@h/d", /has a % that is not followed/],
  ["postgres://u:hush@h:http/d", /port that is not a number from 1 to 65535/],
  ["postgres://u:hush@h:0/d", /port that is not a number from 1 to 65535/],
  ["postgres://u:hush@2001:db8::1/d", /percent-encoded|brackets/],
  ["postgres://u:hush@[::1/d", /IPv6 address in brackets|port/],
  ["postgres://u:hush@one:5432,two:5432/d", /names several hosts/],
  ["postgres://u:hush@h/d?sslcrl=/a.crl", /asks for sslcrl, which Ratebook does not support/],
  ["postgres://u:hush@h/d?sslrootcert=/no/such.crt", /sslrootcert=\/no\/such.crt.*no such file/],
] as const)("%s is refused in words without the password", ([url, words]) => {
  expect(() => readDatabaseUrl(url)).toThrow(words);
  expect(() => readDatabaseUrl(url)).not.toThrow(/hu.?sh/);
});

test("what is tried is said with host, port, database and user, and never with the password", () => {
  const words = (url: string) => describeTarget(readDatabaseUrl(url));
  expect(words("postgres://app:hush@db.example/prices")).toBe(
    'Postgres at db.example:5432 (database "prices", user "app")',
  );
  expect(words("postgres://app:hush@[::1]:5433/d")).toBe('Postgres at [::1]:5433 (database "d", user "app")');
  expect(words("postgres:///d?host=/tmp&user=u&password=hush")).toBe(
    'Postgres at /tmp/.s.PGSQL.5432 (database "d", user "u")',
  );
});
