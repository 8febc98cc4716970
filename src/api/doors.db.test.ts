import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appRouter } from "#/api/router.ts";
import { DOORS_KEY as KEY, DOORS_LOGIN as LOGIN, openDoors } from "#/testing/open-doors.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { NEEDED_ROLE } from "#/terms/role-table.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let app: typeof doors.app;

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  ({ app } = doors);
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

const bearer = { authorization: `Bearer ${KEY}` };

async function signIn(login = LOGIN) {
  return app.inject({
    method: "POST",
    url: "/api/auth/sign-in/email",
    payload: login,
    headers: { host: "localhost", origin: "http://localhost" },
  });
}

async function cookie(): Promise<string> {
  const { cookies } = await signIn();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

function unauthorized(path: string) {
  return {
    message: expect.stringContaining("API key"),
    data: expect.objectContaining({ code: "UNAUTHORIZED", httpStatus: 401, path, requestId: expect.any(String) }),
  };
}

describe("without credentials", () => {
  test.each(["/healthz", "/readyz", "/sign-in", "/_next/static/x.js"])("%s answers", async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(200);
  });

  test.each(["/", "/prices", "/syncs/x", "/api/auth/get-session", "/_next/image", "/_nextstatic/", "/sign-in/x"])(
    "%s is turned away",
    async (url) => {
      for (const method of ["GET", "POST"] as const) {
        const answer = await app.inject({ method, url });
        expect(answer.statusCode).toBe(401);
        expect(answer.json()).toMatchObject({
          status: 401,
          detail: expect.stringContaining("API key"),
          instance: expect.any(String),
        });
      }
    },
  );

  test.each(Object.keys(appRouter._def.procedures))("%s is turned away in tRPC's own shape", async (path) => {
    const accepts = ["*/*", "text/event-stream", "text/html"];
    for (const method of ["GET", "POST"] as const)
      for (const accept of accepts) {
        const answer = await app.inject({ method, url: `/api/trpc/${path}`, headers: { accept } });
        expect(answer.statusCode).toBe(401);
        expect(answer.json()).toEqual({ error: expect.objectContaining(unauthorized(path)) });
      }
  });

  test("every part of a batch is turned away in tRPC's own shape", async () => {
    const answer = await app.inject({ url: "/api/trpc/access.me,lock.status?batch=1&input={}" });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject([{ error: unauthorized("access.me") }, { error: unauthorized("lock.status") }]);
  });

  test("a person's browser is sent to the sign-in page and back to where it wanted to go", async () => {
    const answer = await app.inject({ url: "/prices?q=gpt", headers: { accept: "text/html" } });
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe("/sign-in?next=%2Fprices%3Fq%3Dgpt");
  });

  test.each(["Bearer wrong", "Bearer ", `Basic ${KEY}`, KEY, `Bearer ${KEY}x`])(
    "the credentials %j are turned away",
    async (authorization) => {
      expect((await app.inject({ url: "/api/trpc/lock.status", headers: { authorization } })).statusCode).toBe(401);
    },
  );

  test("a wrong key is not helped by a good cookie", async () => {
    const headers = { authorization: "Bearer wrong", cookie: await cookie() };
    expect((await app.inject({ url: "/api/trpc/lock.status", headers })).statusCode).toBe(401);
  });

  test("nobody can sign up", async () => {
    const answer = await app.inject({
      method: "POST",
      url: "/api/auth/sign-up/email",
      payload: { ...LOGIN, name: "x" },
      headers: { host: "localhost", origin: "http://localhost" },
    });
    expect(answer.statusCode).toBe(401);
  });
});

describe("with credentials", () => {
  test("the key opens the API", async () => {
    const answer = await app.inject({ url: "/api/trpc/lock.status", headers: bearer });
    expect(answer.json()).toMatchObject({ result: { data: { held: false } } });
  });

  test("a session opens pages and the API; a wrong password opens nothing", async () => {
    const headers = { cookie: await cookie() };
    expect((await app.inject({ url: "/", headers })).body).toBe("a page");
    expect((await app.inject({ url: "/api/trpc/syncs.active", headers })).statusCode).toBe(200);
    expect((await signIn({ ...LOGIN, password: "wrong password" })).statusCode).toBe(401);
  });

  test("another site's page can't use a session", async () => {
    const request = { method: "POST", url: "/api/trpc/syncs.trigger", payload: {} } as const;
    const host = "ratebook.example";
    const session = await cookie();
    const foreign = await app.inject({
      ...request,
      headers: { cookie: session, host, origin: "https://evil.example" },
    });
    expect(foreign.statusCode).toBe(403);
    const own = await app.inject({
      ...request,
      headers: { cookie: session, host, origin: "https://ratebook.example" },
    });
    expect(own.statusCode).toBe(200);
  });

  test("bad input is refused in words, and an unknown id is not found", async () => {
    const get = (path: string, input: unknown) =>
      app.inject({ url: `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, headers: bearer });
    const bad = await get("prices.get", { model: "m", at: "yesterday" });
    expect(bad.statusCode).toBe(400);
    expect(bad.json<{ error: { message: string } }>().error.message).toContain("an instant such as");
    expect((await get("syncs.get", { jobId: "00000000-0000-4000-8000-000000000000" })).statusCode).toBe(404);
    expect((await get("prices.get", { model: "nobody/sells-this" })).statusCode).toBe(404);
  });

  test("an unexpected failure tells an id to quote and nothing of what is inside", async () => {
    await world.db.execute("alter table sources rename to sources_gone");
    const answer = await app.inject({ url: "/api/trpc/sources.list", headers: bearer });
    await world.db.execute("alter table sources_gone rename to sources");
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/select|relation|sources_gone|stack/i);
    expect(answer.json()).toMatchObject({ error: { data: { requestId: expect.any(String) } } });
  });
});

test("a session that can't be looked up is a fault of ours, and never taken for signed out", async () => {
  const headers = { cookie: await cookie() };
  await world.db.execute("alter table auth_session rename to auth_session_away");
  const answer = await app.inject({ url: "/v1/prices", headers });
  await world.db.execute("alter table auth_session_away rename to auth_session");
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toMatch(/auth_session|select/);
});

test("signing out fails when the session could not be ended", async () => {
  const headers = { cookie: await cookie(), host: "localhost", origin: "http://localhost" };
  const signOut = () => app.inject({ method: "POST", url: "/api/auth/sign-out", headers });
  await world.db.execute("create rule stays as on delete to auth_session do instead select 1/0");
  const answer = await signOut();
  await world.db.execute("drop rule stays on auth_session");
  expect(answer.statusCode).toBe(500);
  expect((await app.inject({ url: "/api/trpc/access.me", headers })).statusCode).toBe(200);
  expect((await signOut()).statusCode).toBe(200);
  expect((await app.inject({ url: "/api/trpc/access.me", headers })).statusCode).toBe(401);
});

describe("what every answer says to a browser", () => {
  test("pages load nothing from elsewhere, stand in no frame, and tell other sites nothing", async () => {
    for (const url of ["/", "/sign-in", "/api/trpc/access.me", "/v1/prices?limit=0"]) {
      const { headers } = await app.inject({ url, headers: bearer });
      expect(headers, url).toMatchObject({
        "content-security-policy": expect.stringMatching(/default-src 'self';.*frame-ancestors 'none'/),
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
      });
      expect(headers).not.toHaveProperty("strict-transport-security");
    }
    const { headers } = await app.inject({ url: "/v1/prices", headers: bearer });
    expect(headers, "data, which is no page").toMatchObject({
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
    });
  });

  test("behind TLS it insists on TLS, its cookies belong to its host alone, and the address is the one the proxy names", async () => {
    const host = "ratebook.example";
    const secure = await openDoors(world, { publicUrl: `https://${host}` });
    const answer = await secure.app.inject({
      method: "POST",
      url: "/api/auth/sign-in/email",
      payload: LOGIN,
      headers: { host, origin: `https://${host}`, "x-forwarded-for": "203.0.113.9, 198.51.100.7" },
    });
    expect(answer.statusCode).toBe(200);
    for (const set of [answer.headers["set-cookie"]].flat())
      expect(set).toMatch(
        /^__Host-ratebook\.\w+=(?=.*; Path=\/)(?=.*; HttpOnly)(?=.*; Secure)(?=.*; SameSite=Lax)(?!.*; Domain)/,
      );
    const session = answer.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const mine = await secure.app.inject({ url: "/api/trpc/access.sessions", headers: { host, cookie: session } });
    expect(mine.headers["strict-transport-security"]).toBe("max-age=31536000");
    expect(mine.json()).toMatchObject({
      result: {
        data: {
          sessions: expect.arrayContaining([expect.objectContaining({ address: "198.51.100.7", isThis: true })]),
        },
      },
    });
    await secure.close();
  });
});

test("every procedure of the router and every route stands in the role table, and the table names no others", () => {
  const procedures = Object.keys(appRouter._def.procedures);
  const actions = doors.routes.flatMap(({ action }) => (action === undefined ? [] : [action]));
  expect([...new Set([...procedures, ...actions])].toSorted()).toEqual(Object.keys(NEEDED_ROLE).toSorted());
  const unnamed = doors.routes.filter(({ action }) => action === undefined).map(({ url }) => url);
  expect([...new Set(unnamed)].toSorted()).toEqual([
    // Pages: the gate lets only those in who are known.
    "/*",
    "/api/auth/get-session",
    "/api/auth/sign-in/email",
    "/api/auth/sign-out",
    "/api/join",
    // Every procedure has a line of its own.
    "/api/trpc/:path",
    "/docs/api",
    "/docs/api/",
    "/docs/api/json",
    "/docs/api/static/*",
    "/docs/api/static/index.html",
    "/docs/api/static/swagger-initializer.js",
    "/docs/api/yaml",
    "/healthz",
    // For every key.
    "/metrics",
    "/openapi.json",
    "/readyz",
  ]);
});
