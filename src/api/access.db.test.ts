import type { inferRouterOutputs } from "@trpc/server";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppRouter } from "#/api/router.ts";
import { listProcedures } from "#/testing/list-procedures.ts";
import { DOORS_KEY, DOORS_LOGIN, openDoors } from "#/testing/open-doors.ts";
import { fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import type { Action } from "#/terms/role-table.ts";
import { ROLES, type Role } from "#/terms/role.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
type Headers = Record<string, string>;
const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` });
const ADMIN = bearer(DOORS_KEY);

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

async function mutate(path: string, input: unknown, headers: Headers = ADMIN) {
  return doors.app.inject({
    method: "POST",
    url: `/api/trpc/${path}`,
    headers: { ...headers, "content-type": "application/json" },
    payload: JSON.stringify(input),
  });
}
async function query(path: string, input?: unknown, headers: Headers = ADMIN) {
  const suffix = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return doors.app.inject({ url: `/api/trpc/${path}${suffix}`, headers });
}
type Outputs = inferRouterOutputs<AppRouter>["access"];
function dataOf<P extends keyof Outputs>(_procedure: P, answer: { json: () => unknown }): Outputs[P] {
  return (answer.json() as { result: { data: Outputs[P] } }).result.data;
}

let keys = 0;
async function newKey(role: Role, more: object = {}): Promise<{ name: string; key: string }> {
  const name = `k${(keys += 1)}-${role}`;
  const answer = await mutate("access.createKey", { name, role, ...more });
  expect(answer.statusCode, answer.body).toBe(200);
  return { name, key: dataOf("createKey", answer).key };
}

let joined = 0;
async function newPerson(role: Role): Promise<{ email: string; password: string; headers: Headers }> {
  const email = `p${(joined += 1)}@example.com`;
  const password = `a good password ${joined}`;
  const { secret } = dataOf("invite", await mutate("access.invite", { email, role }));
  const join = await doors.app.inject({ method: "POST", url: "/api/join", payload: { secret, name: "P", password } });
  expect(join.json()).toEqual({ email });
  return { email, password, headers: await signIn({ email, password }) };
}

async function signIn(login: { email: string; password: string }): Promise<Headers> {
  const { cookies } = await doors.app.inject({
    method: "POST",
    url: "/api/auth/sign-in/email",
    payload: login,
    headers: { host: "localhost", origin: "http://localhost" },
  });
  return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "), host: "localhost" };
}

const PROCEDURES = listProcedures();

/** Written out by hand, not read from the code: who may do what. */
const WHO_MAY: Readonly<Record<Action, readonly Role[]>> = {
  "syncs.trigger": ["operator", "admin"],
  "syncs.replay": ["operator", "admin"],
  "syncs.revert": ["operator", "admin"],
  "syncs.cancel": ["operator", "admin"],
  "syncs.retry": ["operator", "admin"],
  "syncs.redrive": ["operator", "admin"],
  "syncs.fail": ["admin"],
  "syncs.cancelMany": ["operator", "admin"],
  "syncs.retryMany": ["operator", "admin"],
  "syncs.queueStats": ["viewer", "operator", "admin"],
  "syncs.deadLetters": ["viewer", "operator", "admin"],
  "syncs.get": ["viewer", "operator", "admin"],
  "syncs.list": ["viewer", "operator", "admin"],
  "syncs.strip": ["viewer", "operator", "admin"],
  "syncs.timeline": ["viewer", "operator", "admin"],
  "syncs.changes": ["viewer", "operator", "admin"],
  "syncs.compare": ["viewer", "operator", "admin"],
  "syncs.active": ["viewer", "operator", "admin"],
  "syncs.watch": ["viewer", "operator", "admin"],
  "prices.get": ["viewer", "operator", "admin"],
  "prices.list": ["viewer", "operator", "admin"],
  "prices.table": ["viewer", "operator", "admin"],
  "prices.firstRows": ["viewer", "operator", "admin"],
  "prices.factWords": ["viewer", "operator", "admin"],
  "prices.history": ["viewer", "operator", "admin"],
  "prices.changes": ["viewer", "operator", "admin"],
  "prices.changesPerDay": ["viewer", "operator", "admin"],
  "prices.followChanges": ["viewer", "operator", "admin"],
  "prices.offerHistory": ["viewer", "operator", "admin"],
  "prices.sellers": ["viewer", "operator", "admin"],
  "prices.addSpelling": ["admin"],
  "prices.verify": ["operator", "admin"],
  "prices.export": ["viewer", "operator", "admin"],
  "prices.quote": ["viewer", "operator", "admin"],
  "prices.diff": ["viewer", "operator", "admin"],
  "prices.conflicts": ["viewer", "operator", "admin"],
  "prices.pins": ["viewer", "operator", "admin"],
  "prices.setPin": ["operator", "admin"],
  "prices.clearPin": ["operator", "admin"],
  "prices.importPins": ["operator", "admin"],
  "prices.setUsage": ["operator", "admin"],
  "prices.importUsage": ["operator", "admin"],
  "review.count": ["viewer", "operator", "admin"],
  "review.list": ["viewer", "operator", "admin"],
  "review.order": ["viewer", "operator", "admin"],
  "review.approve": ["operator", "admin"],
  "review.reject": ["operator", "admin"],
  "review.decideMany": ["operator", "admin"],
  "review.undo": ["operator", "admin"],
  "review.reopen": ["operator", "admin"],
  "sources.list": ["viewer", "operator", "admin"],
  "sources.days": ["viewer", "operator", "admin"],
  "sources.kind": ["viewer", "operator", "admin"],
  "sources.add": ["admin"],
  "sources.update": ["admin"],
  "sources.remove": ["admin"],
  "sources.testNew": ["admin"],
  "sources.enable": ["admin"],
  "sources.disable": ["admin"],
  "sources.tune": ["admin"],
  "sources.rank": ["admin"],
  "sources.tryGuard": ["operator", "admin"],
  "sources.test": ["operator", "admin"],
  "sources.backfill": ["operator", "admin"],
  "sources.payload": ["viewer", "operator", "admin"],
  "schedules.list": ["viewer", "operator", "admin"],
  "schedules.preview": ["viewer", "operator", "admin"],
  "schedules.create": ["admin"],
  "schedules.update": ["admin"],
  "schedules.pause": ["admin"],
  "schedules.resume": ["admin"],
  "schedules.remove": ["admin"],
  "schedules.runNow": ["operator", "admin"],
  "alerts.current": ["viewer", "operator", "admin"],
  "alerts.endpoints": ["viewer", "operator", "admin"],
  "alerts.deliveries": ["viewer", "operator", "admin"],
  "alerts.redeliver": ["operator", "admin"],
  "alerts.test": ["operator", "admin"],
  "alerts.addEndpoint": ["admin"],
  "alerts.updateEndpoint": ["admin"],
  "alerts.enableEndpoint": ["admin"],
  "alerts.disableEndpoint": ["admin"],
  "alerts.rotateSecret": ["admin"],
  "alerts.removeEndpoint": ["admin"],
  "access.me": ["viewer", "operator", "admin"],
  "access.sessions": ["viewer", "operator", "admin"],
  "access.revokeSession": ["viewer", "operator", "admin"],
  "access.changePassword": ["viewer", "operator", "admin"],
  "access.audit": ["operator", "admin"],
  "access.exportAudit": ["operator", "admin"],
  "access.users": ["admin"],
  "access.invite": ["admin"],
  "access.withdrawInvite": ["admin"],
  "access.setRole": ["admin"],
  "access.removeUser": ["admin"],
  "access.keys": ["admin"],
  "access.createKey": ["admin"],
  "access.revokeKey": ["admin"],
  "lock.status": ["viewer", "operator", "admin"],
  "lock.workers": ["viewer", "operator", "admin"],
  "lock.history": ["viewer", "operator", "admin"],
  "lock.release": ["admin"],
  "system.doctor": ["operator", "admin"],
  "system.retention": ["viewer", "operator", "admin"],
};

const mayDo = (role: Role, action: string): boolean => WHO_MAY[action as Action].includes(role);

describe("who may call what", () => {
  test.each(ROLES)(
    "a key with the role %s is let into what this test says it may do, and refused the rest by the server",
    async (role) => {
      const { key } = await newKey(role);
      for (const { path, type } of PROCEDURES) {
        if (type === "subscription") continue;
        // Input that nothing accepts: whoever is let in is told so, and nothing happens.
        const answer =
          type === "mutation"
            ? await mutate(path, "no such input", bearer(key))
            : await query(path, "no such input", bearer(key));
        if (mayDo(role, path)) expect([200, 400], `${role} ${path}: ${answer.body}`).toContain(answer.statusCode);
        else expect(answer.statusCode, `${role} ${path}`).toBe(403);
      }
      for (const { method, url, action } of doors.routes) {
        if (action === undefined || method === "HEAD") continue;
        const target = url.replaceAll(/:\w+/g, "none");
        const answer = await doors.app.inject({
          method: method as "GET",
          url: target,
          headers: bearer(key),
          payload: "{",
        });
        if (mayDo(role, action)) expect(answer.statusCode, url).not.toBe(403);
        else expect(answer.statusCode, url).toBe(403);
      }
    },
  );

  test("a key that was revoked, one that has run out, and one that never was open nothing", async () => {
    const revoked = await newKey("admin");
    const old = await newKey("admin", { days: 1 });
    expect((await query("access.me", undefined, bearer(old.key))).statusCode).toBe(200);
    await world.db.execute(sql`update api_keys set expires_at = now() - interval '1 second' where name = ${old.name}`);
    expect((await mutate("access.revokeKey", { name: revoked.name, reason: "left the team" })).statusCode).toBe(200);
    for (const key of [revoked.key, old.key, `${revoked.key}x`, "rbk_"])
      for (const { path } of PROCEDURES) expect((await query(path, undefined, bearer(key))).statusCode, path).toBe(401);
    expect((await mutate("access.revokeKey", { name: revoked.name, reason: "once more" })).statusCode).toBe(404);
  });

  test("a session that has ended or run out opens nothing, and a role that was taken away is gone with the next request", async () => {
    const person = await newPerson("operator");
    const { users } = dataOf("users", await query("access.users"));
    const userId = users.find(({ email }) => email === person.email)?.id ?? "";
    expect((await query("access.audit", {}, person.headers)).statusCode).toBe(200);
    await mutate("access.setRole", { userId, role: "viewer", reason: "changed teams" });
    expect((await query("access.audit", {}, person.headers)).statusCode).toBe(403);
    const forged = await mutate("syncs.trigger", {}, { ...person.headers, origin: "http://localhost" });
    expect(forged.statusCode).toBe(403);

    await world.db.execute(
      sql`update auth_session set expires_at = now() - interval '1 second' where user_id = ${userId}`,
    );
    expect((await query("access.me", undefined, person.headers)).statusCode).toBe(401);
    const again = await signIn(person);
    expect((await mutate("access.removeUser", { userId, reason: "has left" })).statusCode).toBe(200);
    expect((await query("access.me", undefined, again)).statusCode).toBe(401);
    expect((await query("access.me", undefined, await signIn(person))).statusCode).toBe(401);
  });
});

describe("keys", () => {
  test("a key is told once and kept as a hash; what it does stands under its name, and when it was last used", async () => {
    const { name, key } = await newKey("operator");
    expect(key).toMatch(/^rbk_[\w-]{43}$/);
    const before = dataOf("keys", await query("access.keys"));
    expect(JSON.stringify(before)).not.toContain(key);
    expect(before.keys.find((one) => one.name === name)).toMatchObject({
      lastUsedAt: null,
      isGood: true,
      start: key.slice(0, 8),
    });
    await world.addSource("keyed", () => fetched(openrouterDocument({})));
    expect((await mutate("syncs.trigger", { sources: ["keyed"] }, bearer(key))).statusCode).toBe(200);
    const after = dataOf("keys", await query("access.keys"));
    expect(after.keys.find((one) => one.name === name)?.lastUsedAt).toEqual(expect.any(String));
    const [job] = await world.db.execute(
      sql`select triggered_by from pricing_sync_jobs order by triggered_at desc limit 1`,
    );
    expect(job).toEqual({ triggered_by: `key:${name}` });
    const stored = await world.db.execute(sql`select row_to_json(k)::text as row from api_keys k`);
    expect(JSON.stringify([...stored])).not.toContain(key.slice(12));
  });

  test("no two have one name, not even after the first was revoked, and none is called as the environment's", async () => {
    const { name } = await newKey("viewer");
    await mutate("access.revokeKey", { name, reason: "a test" });
    for (const taken of [name, "bootstrap"])
      expect((await mutate("access.createKey", { name: taken, role: "viewer" })).statusCode, taken).toBe(409);
    expect((await mutate("access.createKey", { name: "Not A Name", role: "viewer" })).statusCode).toBe(400);
  });
});

describe("people", () => {
  test("an invitation works once, is replaced by a second one, and ends when it is taken back or too old", async () => {
    const join = (secret: string) =>
      doors.app.inject({ method: "POST", url: "/api/join", payload: { secret, name: "New", password: "long enough" } });
    const ask = async () =>
      dataOf("invite", await mutate("access.invite", { email: "New@example.com", role: "viewer" })).secret;
    const first = await ask();
    const second = await ask();
    expect((await join(first)).statusCode).toBe(404);
    await world.db.execute(
      sql`update auth_invite set expires_at = now() - interval '1 second' where accepted_at is null`,
    );
    expect((await join(second)).json()).toMatchObject({ status: 404, detail: expect.stringContaining("too old") });
    const third = await ask();
    const { invites } = dataOf("users", await query("access.users"));
    expect(invites).toMatchObject([{ email: "new@example.com", role: "viewer" }]);
    expect((await mutate("access.withdrawInvite", { id: invites[0]?.id })).statusCode).toBe(200);
    expect((await join(third)).statusCode).toBe(404);
    const last = await ask();
    const answers = await Promise.all([join(last), join(last)]);
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 404]));
    expect((await mutate("access.invite", { email: "new@example.com", role: "viewer" })).statusCode).toBe(409);
    expect((await join("short")).statusCode).toBe(422);
  });

  test("of two invitations of one person, asked for at once, only one makes an account", async () => {
    const ask = async (email: string) =>
      dataOf("invite", await mutate("access.invite", { email, role: "viewer" })).secret;
    const secrets = [await ask("twin@example.com"), await ask("other@example.com")];
    await world.db.execute(sql`update auth_invite set email = 'twin@example.com' where email = 'other@example.com'`);
    const answers = await Promise.all(
      secrets.map((secret) =>
        doors.app.inject({ method: "POST", url: "/api/join", payload: { secret, name: "T", password: "long enough" } }),
      ),
    );
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 409]));
  });

  test("the last admin can be neither demoted nor removed, not by two at once either", async () => {
    await newPerson("admin");
    const { users } = dataOf("users", await query("access.users"));
    const admins = users.filter(({ role }) => role === "admin");
    expect(admins).toHaveLength(2);
    const answers = await Promise.all(
      admins.map(({ id }) => mutate("access.setRole", { userId: id, role: "viewer", reason: "a race" })),
    );
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 409]));
    const left = dataOf("users", await query("access.users")).users.filter(({ role }) => role === "admin");
    expect(left).toHaveLength(1);
    expect((await mutate("access.removeUser", { userId: left[0]?.id, reason: "a mistake" })).statusCode).toBe(409);
    expect((await mutate("access.removeUser", { userId: "nobody", reason: "a mistake" })).statusCode).toBe(404);
    for (const { id } of admins) await mutate("access.setRole", { userId: id, role: "admin", reason: "back again" });
  });

  test("a person changes the password with the present one, and then every other session is over", async () => {
    const person = await newPerson("viewer");
    const other = await signIn(person);
    const origin = { origin: "http://localhost" };
    const change = (present: string) =>
      mutate("access.changePassword", { present, next: "another good one" }, { ...person.headers, ...origin });
    expect((await change("wrong password")).statusCode).toBe(422);
    const { sessions } = dataOf("sessions", await query("access.sessions", undefined, person.headers));
    expect(new Set(sessions.map(({ isThis }) => isThis))).toEqual(new Set([false, true]));
    expect((await change(person.password)).statusCode).toBe(200);
    expect((await query("access.me", undefined, other)).statusCode).toBe(401);
    expect((await query("access.me", undefined, person.headers)).statusCode).toBe(200);
    expect((await query("access.me", undefined, await signIn(person))).statusCode).toBe(401);
    const third = await signIn({ ...person, password: "another good one" });
    const mine = dataOf("sessions", await query("access.sessions", undefined, person.headers)).sessions;
    const foreign = mine.find(({ isThis }) => !isThis)?.id ?? "";
    const ann = await signIn(DOORS_LOGIN);
    expect((await mutate("access.revokeSession", { id: foreign }, { ...ann, ...origin })).statusCode).toBe(404);
    expect((await mutate("access.revokeSession", { id: foreign }, { ...person.headers, ...origin })).statusCode).toBe(
      200,
    );
    expect((await query("access.me", undefined, third)).statusCode).toBe(401);
    expect((await mutate("access.changePassword", { present: "x", next: "long enough" })).statusCode).toBe(422);
  });
});

describe("the audit log", () => {
  test("nobody alters it, not with SQL either", async () => {
    for (const statement of ["update audit_log set reason = 'x'", "delete from audit_log", "truncate audit_log"])
      await expect(world.db.execute(statement), statement).rejects.toMatchObject({
        cause: { message: "audit_log is append-only" },
      });
  });

  test("it tells who, what, before, after, why, when and from where, page by page, and looking adds nothing", async () => {
    const count = async () =>
      (await world.db.execute<{ n: number }>(sql`select count(*)::int as n from audit_log`))[0]?.n;
    await world.addSource("watched", () => fetched(openrouterDocument({})));
    await mutate("sources.disable", { name: "watched", reason: "a quiet week" });
    await mutate("sources.disable", { name: "watched", reason: "a quiet week" });
    const before = await count();
    const page = async (filter: object) => dataOf("audit", await query("access.audit", filter));
    expect((await page({ action: "sources.", limit: 1 })).entries).toEqual([
      {
        id: expect.any(String),
        at: expect.any(String),
        actor: "key:bootstrap",
        address: "127.0.0.1",
        action: "sources.disable",
        target: "watched",
        reason: "a quiet week",
        before: { enabled: true },
        after: { enabled: false },
      },
    ]);
    const roles = (await page({ action: "access.setRole", search: "a race" })).entries;
    expect(roles).toMatchObject([{ before: { role: "admin" }, after: { role: "viewer" }, reason: "a race" }]);
    const all: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { entries, nextCursor } = await page({ limit: 7, ...(cursor === undefined ? {} : { cursor }) });
      all.push(...entries.map(({ id }) => id));
      cursor = nextCursor;
    }
    expect(all.length).toBe(before);
    expect(new Set(all).size).toBe(all.length);
    const csv = await doors.app.inject({ url: "/v1/audit.csv?action=access.setRole&search=a%20race", headers: ADMIN });
    expect(csv.headers["content-type"]).toContain("text/csv");
    expect(csv.body.trim().split("\n")).toEqual([
      "id,at,actor,address,action,target,reason,before,after",
      expect.stringMatching(/,key:bootstrap,127\.0\.0\.1,access\.setRole,.*,a race,"\{""role"":""admin""\}"/),
    ]);
    expect((await page({ to: "2020-01-01T00:00:00Z" })).entries).toEqual([]);
    expect((await page({ search: "100%_" })).entries).toEqual([]);
    for (const { path, type } of PROCEDURES) if (type === "query") await query(path, {});
    await query("access.users");
    expect(await count()).toBe(before);
    expect(JSON.stringify((await page({ limit: 1_000 })).entries)).not.toContain("rbk_");
  });
});
