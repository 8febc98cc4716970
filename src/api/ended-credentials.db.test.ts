import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#/testing/eventually.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;
beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  url = await doors.listen();
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

type Headers = Record<string, string>;
const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` });

async function call(path: string, input: unknown, headers: Headers = bearer(DOORS_KEY)) {
  const answer = await doors.app.inject({
    method: "POST",
    url: `/api/trpc/${path}`,
    headers,
    payload: input as object,
  });
  expect(answer.statusCode, `${path}: ${answer.body}`).toBe(200);
  return answer.json<{ result: { data: Record<string, string> } }>().result.data;
}

async function signIn(login: { email: string; password: string }): Promise<Headers> {
  const { cookies, statusCode } = await doors.app.inject({
    method: "POST",
    url: "/api/auth/sign-in/email",
    payload: login,
    headers: { host: "localhost", origin: "http://localhost" },
  });
  expect(statusCode).toBe(200);
  return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
}

let people = 0;
async function newPerson() {
  const email = `p${(people += 1)}@example.com`;
  const password = "a good password";
  const { secret } = await call("access.invite", { email, role: "operator" });
  await doors.app.inject({ method: "POST", url: "/api/join", payload: { secret, name: "P", password } });
  const [row] = await world.db.execute<{ id: string }>(sql`select id from auth_user where email = ${email}`);
  return { id: row?.id ?? "", email, password, headers: await signIn({ email, password }) };
}

async function newKey(): Promise<{ name: string; headers: Headers }> {
  const name = `key-${(people += 1)}`;
  const { key = "" } = await call("access.createKey", { name, role: "viewer", days: 1 });
  return { name, headers: bearer(key) };
}

/** A stream of everybody's events, once it is connected. */
async function openStream(headers: Headers) {
  const stop = new AbortController();
  const response = await fetch(`${url}/api/trpc/syncs.watch?input={}`, {
    headers: { ...headers, accept: "text/event-stream" },
    signal: stop.signal,
  });
  expect(response.status).toBe(200);
  const stream = { text: "", isOver: false, stop: () => stop.abort() };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) stream.text += decoder.decode(chunk, { stream: true });
    stream.isOver = true;
  };
  void read().catch(() => (stream.isOver = true));
  await eventually("the stream is connected", async () => stream.text.includes("connected"));
  return stream;
}

const ENDINGS: Record<string, () => Promise<{ headers: Headers; end: () => Promise<unknown> }>> = {
  "sign-out": async () => {
    const { headers } = await newPerson();
    const own = { ...headers, host: "localhost", origin: "http://localhost" };
    return { headers, end: async () => doors.app.inject({ method: "POST", url: "/api/auth/sign-out", headers: own }) };
  },
  "the session's revocation": async () => {
    const { id, headers, ...login } = await newPerson();
    const [row] = await world.db.execute<{ id: string }>(sql`select id from auth_session where user_id = ${id}`);
    const other = await signIn(login);
    return { headers, end: () => call("access.revokeSession", { id: row?.id }, other) };
  },
  "the session's expiry": async () => {
    const { id, headers } = await newPerson();
    const end = async () => world.db.execute(sql`update auth_session set expires_at = now() where user_id = ${id}`);
    return { headers, end };
  },
  "a new password, set in another browser": async () => {
    const { headers, password, email } = await newPerson();
    const other = await signIn({ email, password });
    return { headers, end: () => call("access.changePassword", { present: password, next: "another one" }, other) };
  },
  "the account's removal": async () => {
    const { id: userId, headers } = await newPerson();
    return { headers, end: () => call("access.removeUser", { userId, reason: "left the team" }) };
  },
  "the loss of every role": async () => {
    const { id, headers } = await newPerson();
    return { headers, end: async () => world.db.execute(sql`update auth_user set role = '' where id = ${id}`) };
  },
  "the key's revocation": async () => {
    const { name, headers } = await newKey();
    return { headers, end: () => call("access.revokeKey", { name, reason: "left the team" }) };
  },
  "the key's expiry": async () => {
    const { name, headers } = await newKey();
    return {
      headers,
      end: async () => world.db.execute(sql`update api_keys set expires_at = now() where name = ${name}`),
    };
  },
};

test.each(Object.keys(ENDINGS))("a stream ends with %s, and says why; those of others go on", async (name) => {
  const other = await openStream((await newKey()).headers);
  const mine = await openStream(bearer(DOORS_KEY));
  const { headers, end } = (await ENDINGS[name]?.()) ?? expect.unreachable();
  const stream = await openStream(headers);
  await end();
  await eventually("the stream ends", async () => stream.isOver);
  expect(stream.text).toContain("event: serialized-error");
  expect(stream.text).toMatch(/"httpStatus":401/);
  // Whoever asks again is turned away in the same words.
  const again = await fetch(`${url}/api/trpc/syncs.watch?input={}`, {
    headers: { ...headers, accept: "text/event-stream" },
  });
  expect(again.status).toBe(401);
  const { jobId } = await world.trigger();
  for (const one of [other, mine]) {
    await eventually("the others hear what is new", async () => one.text.includes(jobId));
    expect(one.isOver).toBe(false);
    one.stop();
  }
  expect(stream.text).not.toContain(jobId);
});

test("a new password can't be tried for more often than a sign-in", async () => {
  const strict = await openDoors(world, { limits: { guesses: 3 } });
  const { headers } = await newPerson();
  const remoteAddress = "192.0.2.20";
  const change = (path: string) =>
    strict.app.inject({
      method: "POST",
      url: `/api/trpc/${path}`,
      headers,
      remoteAddress,
      payload: { present: "a wrong guess", next: "another password" },
    });
  expect((await change("access.changePassword")).statusCode).toBe(422);
  // However its name is written.
  expect((await change("access.change%50assword")).statusCode).toBe(422);
  expect((await change("access.changePassword")).statusCode).toBe(422);
  const refused = await change("access.changePassword");
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused.json()).toMatchObject({
    error: { data: { code: "TOO_MANY_REQUESTS", retryAfterSeconds: expect.any(Number) } },
  });
  await strict.close();
});
