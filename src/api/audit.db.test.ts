import type { inferRouterInputs } from "@trpc/server";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppRouter } from "#/api/router.ts";
import { listProcedures } from "#/testing/list-procedures.ts";
import { DOORS_KEY, DOORS_LOGIN, openDoors } from "#/testing/open-doors.ts";
import { failed, fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

type Headers = Readonly<Record<string, string>>;
const ADDRESS = "203.0.113.7";
const KEY: Headers = { authorization: `Bearer ${DOORS_KEY}` };
const KEY_LABEL = "key:bootstrap";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
/** A run that changed a price and held others, one that failed, and what the book has of the first. */
const seen = { changed: "", failed: "", digest: "" };

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  const plain = ["0.000001", "0.000004"] as const;
  const dear = ["0.0009", "0.0036"] as const;
  let prices: Parameters<typeof openrouterDocument>[0] = Object.fromEntries(HELD.map((model) => [model, plain]));
  await world.addSource("mine", () => fetched(openrouterDocument(prices)));
  await world.addSource("broken", () => ({ ...failed("the key is wrong"), retryable: false }));
  const worker = await world.startWorker();
  const run = async (source: string) => world.ended((await world.trigger({ sources: [source] })).jobId);
  prices = { ...prices, "c/one": plain };
  await run("mine");
  prices = { ...Object.fromEntries(HELD.map((model) => [model, dear])), "c/one": ["0.0000012", "0.000004"] };
  const changed = await run("mine");
  seen.changed = changed.jobId;
  seen.digest = changed.log[0]?.payloadDigest ?? "";
  seen.failed = (await run("broken")).jobId;
  await worker.stop(0);
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

const HELD = ["c/approve", "c/reject", "c/reopen", "c/many", "c/undo"] as const;

async function call(method: "GET" | "POST", url: string, payload?: unknown, headers: Headers = KEY) {
  const answer = await doors.app.inject({
    method,
    url,
    headers: { host: "localhost", origin: "http://localhost", ...headers },
    remoteAddress: ADDRESS,
    ...(payload === undefined ? {} : { payload: payload as object }),
  });
  expect(answer.statusCode, `${url}: ${answer.body}`).toBeLessThan(300);
  return answer;
}

async function mutate<T>(path: string, input: unknown, headers: Headers = KEY): Promise<T> {
  const answer = await call("POST", `/api/trpc/${path}`, input, headers);
  return answer.json<{ result: { data: T } }>().result.data;
}

/** Prepares something through the API that a case then changes. */
const prepare = <P extends MutationPath>(path: P, input: InputOf<P>) => mutate<Record<string, string>>(path, input);

async function read<T>(path: string): Promise<T> {
  return (await call("GET", `/api/trpc/${path}`)).json<{ result: { data: T } }>().result.data;
}

let people = 0;
async function newPerson() {
  const login = { email: `p${(people += 1)}@example.com`, password: `a good password ${people}` };
  const { secret } = await prepare("access.invite", { email: login.email, role: "viewer" });
  await call("POST", "/api/join", { secret, name: "P", password: login.password }, {});
  const { users } = await read<{ users: { id: string; email: string }[] }>("access.users");
  return { ...login, userId: users.find(({ email }) => email === login.email)?.id ?? "" };
}

async function signIn(login: { email: string; password: string }): Promise<Headers> {
  const { cookies } = await call("POST", "/api/auth/sign-in/email", login, {});
  return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
}

async function holdOf(model: (typeof HELD)[number]): Promise<string> {
  const [hold] = await world.db.execute<{ id: string }>(sql`select id::text from price_holds where model = ${model}`);
  return hold?.id ?? "";
}

const queueSync = async () => (await prepare("syncs.trigger", { sources: ["mine"] }))["jobId"] ?? "";

type AuditRow = Readonly<{
  actor_kind: string;
  actor: string;
  address: string | null;
  action: string;
  target: string;
  reason: string | null;
  before: unknown;
  after: unknown;
}>;

/** What `act` left in the record, and what it answered. */
async function recordedBy<T>(act: () => Promise<T>): Promise<AuditRow[]> {
  const [last] = await world.db.execute<{ id: string }>(sql`select coalesce(max(id), 0)::text as id from audit_log`);
  await act();
  const rows = await world.db.execute<AuditRow>(sql`
    select actor_kind, actor, address, action, target, reason, before, after from audit_log
    where id > ${last?.id ?? "0"}::bigint and at between now() - interval '1 minute' and clock_timestamp() order by id`);
  return [...rows];
}

type Inputs = inferRouterInputs<AppRouter>;
type Routers = AppRouter["_def"]["record"];
type PathOf<Type extends string> = {
  [R in keyof Routers]: {
    [P in keyof Routers[R] & string]: Routers[R][P] extends { _def: { type: Type } } ? `${R}.${P}` : never;
  }[keyof Routers[R] & string];
}[keyof Routers];
type InputOf<Path extends string> = Path extends `${infer R}.${infer P}`
  ? R extends keyof Inputs
    ? P extends keyof Inputs[R]
      ? Inputs[R][P]
      : never
    : never
  : never;
type MutationPath = PathOf<"mutation">;

/** One success of a mutation, and what its row says. */
type Case<Input> = Readonly<{
  /** Sets up what it changes; who calls it is the key unless it says somebody else. */
  of: () => Promise<{ input: Input; target: unknown; by?: { label: string; headers: Headers } }>;
  before?: unknown;
  after?: unknown;
  /** When it stands elsewhere than in `input.reason`. */
  reason?: string;
  /** When it is recorded under the name of another door that does the same. */
  action?: string;
}>;
/** One that changes nothing, on purpose. */
type Quiet<Input> = Readonly<{ why: string; input: () => Promise<Input> }>;

const ANY = expect.anything() as unknown;

// A mutation without an entry does not compile; one that is no more fails the test.
const MUTATIONS = {
  "syncs.trigger": {
    of: async () => ({ input: { sources: ["mine"], requestId: "once" }, target: ANY }),
    after: { sources: ["mine"], requestId: "once" },
  },
  "syncs.replay": {
    of: async () => ({ input: { source: "mine", digest: seen.digest }, target: ANY }),
    after: { source: "mine", digest: ANY },
  },
  "syncs.revert": {
    of: async () => ({ input: { jobId: seen.changed, reason: "the wrong list" }, target: seen.changed }),
    after: { jobId: ANY },
  },
  "syncs.retry": {
    of: async () => ({ input: { jobId: seen.failed, reason: "the key is set" }, target: seen.failed }),
    after: { jobId: ANY, which: "failed", sources: ["broken"] },
  },
  "syncs.redrive": {
    of: async () => {
      const jobId = await queueSync();
      await prepare("syncs.fail", { jobId, reason: "for the test" });
      return { input: { jobIds: [jobId], reason: "the seller is back" }, target: jobId };
    },
    after: { jobId: ANY, which: "all", sources: ["mine"] },
  },
  "syncs.cancelMany": {
    of: async () => {
      const jobId = await queueSync();
      return { input: { jobIds: [jobId], reason: "not needed today" }, target: jobId };
    },
    before: { status: "queued" },
    after: { status: "cancelled" },
  },
  "syncs.retryMany": {
    of: async () => {
      const jobId = await queueSync();
      await prepare("syncs.fail", { jobId, reason: "for the test" });
      return { input: { jobIds: [jobId], reason: "the seller is back" }, target: jobId };
    },
    after: { jobId: ANY, which: "failed", sources: ["mine"] },
  },
  "syncs.fail": {
    of: async () => {
      const jobId = await queueSync();
      return { input: { jobId, reason: "it hangs" }, target: jobId };
    },
    after: { status: "failed" },
  },
  "syncs.cancel": {
    of: async () => {
      const jobId = await queueSync();
      return { input: { jobId, reason: "not now" }, target: jobId };
    },
    before: { status: "queued" },
    after: { status: "cancelled" },
  },
  "prices.setPin": {
    of: async () => ({ input: pin("c/set"), target: "openrouter c/set default" }),
    after: { charges: [ANY], expiresAt: null },
  },
  "prices.clearPin": {
    of: async () => {
      await prepare("prices.setPin", pin("c/clear"));
      const input = { seller: "openrouter", model: "c/clear", reason: "it has ended" };
      return { input, target: "openrouter c/clear default" };
    },
    before: { reason: "our contract", charges: [ANY] },
  },
  "prices.importPins": {
    of: async () => ({
      input: { csv: `${PIN_HEAD}openrouter,c/import,,input,,0.0000007,by hand,\n` },
      target: "openrouter c/import default input",
    }),
    reason: "by hand",
    after: { charges: [ANY], expiresAt: null },
  },
  "prices.setUsage": {
    of: async () => {
      const line = { seller: "openrouter", model: "c/one", meter: "input" as const, units_per_month: "1000" };
      return { input: { lines: [line] }, target: "1 lines" };
    },
    after: [{ model: "c/one", units_per_month: "1000" }],
  },
  "prices.importUsage": {
    of: async () => {
      const csv = "seller,model,variant,meter,units_per_month\nopenrouter,c/one,,input,2000\n";
      return { input: { csv }, target: "1 lines" };
    },
    after: [{ model: "c/one", units_per_month: "2000" }],
  },
  "review.approve": {
    of: async () => {
      const id = await holdOf("c/approve");
      return { input: { filter: { ids: [id] }, reason: "the seller says so" }, target: holdTarget(id, "c/approve") };
    },
    before: { state: "priced", charges: ANY },
    after: { state: "priced", charges: ANY },
  },
  "review.reject": {
    of: async () => {
      const id = await holdOf("c/reject");
      return { input: { filter: { ids: [id] }, reason: "a unit mistake" }, target: holdTarget(id, "c/reject") };
    },
    before: { state: "priced", charges: ANY },
    after: { state: "priced", charges: ANY },
  },
  "review.reopen": {
    of: async () => {
      const id = await holdOf("c/reopen");
      await prepare("review.reject", { filter: { ids: [id] }, reason: "a mistake" });
      return { input: { ids: [id], reason: "it was right" }, target: holdTarget(id, "c/reopen") };
    },
    before: { state: "rejected", decision: "a mistake" },
    after: { state: "open" },
  },
  "review.decideMany": {
    of: async () => {
      const id = await holdOf("c/many");
      const input = { filter: { model: "c/many" }, decision: "reject", reason: "a unit mistake" } as const;
      return { input, target: holdTarget(id, "c/many") };
    },
    action: "review.reject",
    before: { state: "priced", charges: ANY },
    after: { state: "priced", charges: ANY },
  },
  "review.undo": {
    of: async () => {
      const id = await holdOf("c/undo");
      await prepare("review.reject", { filter: { ids: [id] }, reason: "a mistake" });
      return { input: { holdId: id, reason: "it was right" }, target: holdTarget(id, "c/undo") };
    },
    action: "review.reopen",
    before: { state: "rejected", decision: "a mistake" },
    after: { state: "open" },
  },
  "sources.add": {
    of: async () => ({
      input: { name: "added", kind: "openrouter", url: "https://added.example/" },
      target: "added",
    }),
    after: { kind: "openrouter" },
  },
  "sources.update": {
    of: async () => {
      await world.addSource("moved", () => fetched("[]"));
      const input = { name: "moved", url: "https://new.example/", reason: "it has moved" };
      return { input, target: "moved" };
    },
    before: { url: "https://moved.example/" },
    after: { url: "https://new.example/" },
  },
  "sources.remove": {
    of: async () => {
      await world.addSource("leaving", () => fetched("[]"));
      return { input: { name: "leaving", reason: "it is no more" }, target: "leaving" };
    },
    before: { kind: "openrouter", url: "https://leaving.example/" },
    after: { lost: 0 },
  },
  "sources.testNew": {
    why: "it fetches and reads what may be a source, and writes nothing",
    input: async () => ({ kind: "openrouter", url: "http://127.0.0.1:1/" }),
  },
  "sources.enable": {
    of: async () => {
      await prepare("sources.disable", { name: "broken", reason: "in the way" });
      return { input: { name: "broken" }, target: "broken" };
    },
    before: { enabled: false },
    after: { enabled: true },
  },
  "sources.disable": {
    of: async () => {
      await world.addSource("away", () => fetched("[]"));
      return { input: { name: "away", reason: "not for now" }, target: "away" };
    },
    before: { enabled: true },
    after: { enabled: false },
  },
  "sources.tune": {
    of: async () => ({ input: { name: "mine", guard: { jumpUp: 3 }, reason: "small steps" }, target: "mine" }),
    before: { guard: {} },
    after: { guard: { jumpUp: 3 } },
  },
  "sources.rank": {
    of: async () => {
      await world.addSource("last", () => fetched("[]"));
      return { input: { name: "last", rank: 1, reason: "it was right all year" }, target: "last" };
    },
    before: { rank: ANY },
    after: { rank: 1 },
  },
  "prices.addSpelling": {
    of: async () => ({
      input: { spelling: "router-of-ours", seller: "openrouter", reason: "the same company" },
      target: "router-of-ours is openrouter",
    }),
    after: { seller: "openrouter", moved: 0, changed: 0 },
  },
  "schedules.create": {
    of: async () => ({ input: { name: "created", rule: "30 2 * * *" }, target: "created" }),
    after: { rule: "30 2 * * *" },
  },
  "schedules.update": {
    of: async () => ({ input: { name: await newSchedule("updated"), rule: "0 3 * * *" }, target: "updated" }),
    before: { rule: "30 2 * * *" },
    after: { rule: "0 3 * * *" },
  },
  "schedules.pause": {
    of: async () => ({ input: { name: await newSchedule("paused"), reason: "the seller moves" }, target: "paused" }),
    before: { paused: false },
    after: { paused: true },
  },
  "schedules.resume": {
    of: async () => {
      const name = await newSchedule("resumed");
      await prepare("schedules.pause", { name });
      return { input: { name }, target: "resumed" };
    },
    before: { paused: true },
    after: { paused: false },
  },
  "schedules.runNow": {
    of: async () => ({ input: { name: await newSchedule("run") }, target: "run" }),
    after: { jobId: ANY },
  },
  "schedules.remove": {
    of: async () => ({ input: { name: await newSchedule("removed") }, target: "removed" }),
    before: { rule: "30 2 * * *" },
  },
  "lock.release": {
    of: async () => {
      await world.db.execute(sql`
        update pricing_sync_lock set locked_by = 'somebody', worker = 'somebody', fence = nextval('pricing_sync_fence'),
          locked_at = now(), expires_at = now() + interval '1 minute'`);
      return { input: { reason: "it hangs" }, target: ANY };
    },
    before: { held: true },
    after: { held: false },
  },
  "alerts.addEndpoint": {
    of: async () => ({ input: webhook("added-hook"), target: "added-hook" }),
    after: { url: "http://127.0.0.1:1/…", shape: "standard", events: ["sync.failed"], holdSeconds: 0 },
  },
  "alerts.updateEndpoint": {
    of: async () => ({
      input: { name: await newWebhook("changed-hook"), events: ["price.held"], holdSeconds: 60 },
      target: "changed-hook",
    }),
    before: { events: ["sync.failed"], holdSeconds: 0 },
    after: { events: ["price.held"], holdSeconds: 60 },
  },
  "alerts.disableEndpoint": {
    of: async () => ({
      input: { name: await newWebhook("stopped-hook"), reason: "it moves" },
      target: "stopped-hook",
    }),
    before: { enabled: true },
    after: { enabled: false },
  },
  "alerts.enableEndpoint": {
    of: async () => {
      const name = await newWebhook("started-hook");
      await prepare("alerts.disableEndpoint", { name, reason: "it moves" });
      return { input: { name }, target: name };
    },
    before: { enabled: false, disabledReason: "it moves" },
    after: { enabled: true },
  },
  "alerts.rotateSecret": {
    of: async () => ({ input: { name: await newWebhook("rotated-hook") }, target: "rotated-hook" }),
  },
  "alerts.removeEndpoint": {
    of: async () => ({
      input: { name: await newWebhook("gone-hook"), reason: "nobody reads it" },
      target: "gone-hook",
    }),
    before: { url: "http://127.0.0.1:1/…", shape: "standard", events: ["sync.failed"] },
  },
  "alerts.test": {
    of: async () => ({ input: { name: await newWebhook("tested-hook") }, target: "tested-hook" }),
  },
  "alerts.redeliver": {
    of: async () => {
      const name = await newWebhook("repeated-hook");
      const { id = "" } = await prepare("alerts.test", { name });
      return { input: { id }, target: name };
    },
    after: { id: ANY, event: "webhook.test" },
  },
  "access.invite": {
    of: async () => ({ input: { email: "Asked@example.com", role: "operator" }, target: "asked@example.com" }),
    after: { role: "operator" },
  },
  "access.withdrawInvite": {
    of: async () => {
      await prepare("access.invite", { email: "gone@example.com", role: "viewer" });
      const { invites } = await read<{ invites: { id: string; email: string }[] }>("access.users");
      const id = invites.find(({ email }) => email === "gone@example.com")?.id ?? "";
      return { input: { id }, target: "gone@example.com" };
    },
    before: { role: "viewer" },
  },
  "access.setRole": {
    of: async () => {
      const { userId, email } = await newPerson();
      return { input: { userId, role: "operator", reason: "new duties" }, target: email };
    },
    before: { role: "viewer" },
    after: { role: "operator" },
  },
  "access.removeUser": {
    of: async () => {
      const { userId, email } = await newPerson();
      return { input: { userId, reason: "has left" }, target: email };
    },
    before: { role: "viewer" },
  },
  "access.createKey": {
    of: async () => ({ input: { name: "made", role: "viewer", days: 3 }, target: "made" }),
    after: { role: "viewer", expiresAt: ANY },
  },
  "access.revokeKey": {
    of: async () => {
      await prepare("access.createKey", { name: "revoked", role: "operator" });
      return { input: { name: "revoked", reason: "it has leaked" }, target: "revoked" };
    },
    before: { role: "operator" },
  },
  "access.revokeSession": {
    of: async () => {
      const person = await newPerson();
      const headers = await signIn(person);
      await signIn(person);
      const answer = await call("GET", "/api/trpc/access.sessions", undefined, headers);
      const { sessions } = answer.json<{ result: { data: { sessions: { id: string; isThis: boolean }[] } } }>().result
        .data;
      const id = sessions.find(({ isThis }) => !isThis)?.id ?? "";
      return { input: { id }, target: person.email, by: { label: person.email, headers } };
    },
    before: { address: ADDRESS, startedAt: ANY },
  },
  "access.changePassword": {
    of: async () => {
      const person = await newPerson();
      const by = { label: person.email, headers: await signIn(person) };
      return { input: { present: person.password, next: "another good one" }, target: person.email, by };
    },
  },
  "sources.test": {
    why: "it fetches and reads a source and writes nothing",
    input: async () => {
      await prepare("sources.add", { name: "near", kind: "openrouter", url: "http://127.0.0.1:1/" });
      return { name: "near" };
    },
  },
} satisfies { [P in MutationPath]: Case<InputOf<P>> | Quiet<InputOf<P>> };

/** Previews of mutations: asked for a dry run they change nothing that counts. */
const PREVIEWS = [
  ["syncs.trigger", () => ({ sources: ["mine"], dryRun: true })],
  ["syncs.replay", () => ({ source: "mine", dryRun: true })],
  ["syncs.revert", () => ({ jobId: seen.changed, reason: "a look first", dryRun: true })],
  ["sources.rank", () => ({ name: "mine", rank: 1, reason: "a look first", dryRun: true })],
  ["sources.remove", () => ({ name: "mine", reason: "a look first", dryRun: true })],
  ["review.decideMany", () => ({ filter: {}, decision: "approve", reason: "a look first", dryRun: true })],
  ["prices.importPins", () => ({ csv: `${PIN_HEAD}openrouter,c/dry,,input,,0.0000007,by hand,\n`, dryRun: true })],
] as const satisfies readonly (readonly [MutationPath, () => unknown])[];

/** Doors beside tRPC that change something. */
const ROUTES: Record<
  string,
  Readonly<{ of: () => Promise<{ act: () => Promise<unknown>; row: Partial<AuditRow> }> }>
> = {
  "POST /admin/pricing/scheduler/trigger": {
    of: async () => ({
      act: () => call("POST", "/admin/pricing/scheduler/trigger", { sources: ["mine"] }),
      row: { actor: KEY_LABEL, action: "syncs.trigger", after: { sources: ["mine"] } },
    }),
  },
  "POST /v1/sources/:source/backfill": {
    of: async () => {
      await world.addSource("old", () => fetched("[]"));
      const url = "/v1/sources/old/backfill?at=2025-01-01T00:00:00Z";
      return {
        act: () => call("POST", url, JSON.parse(openrouterDocument({ "c/old": ["0.000001", "0.000004"] }))),
        row: { actor: KEY_LABEL, action: "sources.backfill", target: "old", after: { at: "2025-01-01T00:00:00Z" } },
      };
    },
  },
  "POST /api/join": {
    of: async () => {
      const { secret } = await prepare("access.invite", { email: "joined@example.com", role: "viewer" });
      return {
        act: () => call("POST", "/api/join", { secret, name: "J", password: "a good password" }, {}),
        row: { actor: "joined@example.com", action: "access.acceptInvite", after: { role: "viewer" } },
      };
    },
  },
  "POST /api/auth/sign-in/email": {
    of: async () => ({
      act: () => signIn(DOORS_LOGIN),
      row: { actor: DOORS_LOGIN.email, action: "access.signIn", target: DOORS_LOGIN.email },
    }),
  },
  "POST /api/auth/sign-out": {
    of: async () => {
      const headers = await signIn(DOORS_LOGIN);
      return {
        act: () => call("POST", "/api/auth/sign-out", {}, headers),
        row: { actor: DOORS_LOGIN.email, action: "access.signOut", target: DOORS_LOGIN.email },
      };
    },
  },
};

const PIN_HEAD = "seller,model,variant,meter,unit,usd_per_unit,reason,expires_at\n";
const pin = (model: string): InputOf<"prices.setPin"> => ({
  seller: "openrouter",
  model,
  charges: [{ meter: "input", unit: "token", amount: "0.0000005" }],
  reason: "our contract",
});
const holdTarget = (id: string, model: string) => `hold ${id}: mine openrouter ${model} default`;
/** Nobody listens there. */
const webhook = (name: string): InputOf<"alerts.addEndpoint"> => ({
  name,
  url: "http://127.0.0.1:1/",
  shape: "standard",
  events: ["sync.failed"],
});
async function newWebhook(name: string): Promise<string> {
  await prepare("alerts.addEndpoint", webhook(name));
  return name;
}
async function newSchedule(name: string): Promise<string> {
  await prepare("schedules.create", { name, rule: "30 2 * * *" });
  return name;
}

/** A digest of every table's rows; when a key was last used is no change. */
async function digestTables(): Promise<Record<string, string>> {
  const tables = await world.db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await world.db.execute<{ digest: string }>(sql`
      select count(*) || ' ' || md5(coalesce(string_agg(line, e'\n' order by line), '')) as digest
      from (select (to_jsonb(t) - 'last_used_at')::text as line from ${sql.identifier(name)} t) as lines`);
    digests[name] = row?.digest ?? "";
  }
  return digests;
}

describe("every change leaves one row: who, what, before, after, why, and from where", () => {
  const paths = listProcedures().filter(({ type }) => type === "mutation");

  test("the table below names every mutation there is, and no other", () => {
    expect(Object.keys(MUTATIONS).toSorted()).toEqual(paths.map(({ path }) => path).toSorted());
  });

  test.each(Object.entries<Case<unknown> | Quiet<unknown>>(MUTATIONS))("%s", async (path, entry) => {
    if ("why" in entry) {
      const input = await entry.input();
      const before = await digestTables();
      await mutate(path, input);
      expect(await digestTables(), entry.why).toEqual(before);
      return;
    }
    const { input, target, by = { label: KEY_LABEL, headers: KEY } } = await entry.of();
    const { reason = entry.reason ?? null } = input as { reason?: string };
    expect(await recordedBy(() => mutate(path, input, by.headers))).toEqual([
      {
        actor_kind: by.label === KEY_LABEL ? "key" : "user",
        actor: by.label,
        address: ADDRESS,
        action: entry.action ?? path,
        target,
        reason,
        before: entry.before === undefined ? null : fits(entry.before),
        after: entry.after === undefined ? null : fits(entry.after),
      },
    ]);
  });

  test.each(PREVIEWS)("a preview by %s leaves none", async (path, input) => {
    expect(await recordedBy(() => mutate(path, input()))).toEqual([]);
  });

  test("every route beside them that is no reading leaves one as well", async () => {
    const writing = doors.routes.filter(
      ({ method, url }) => method === "POST" && !url.startsWith("/api/trpc") && url !== "/v1/quotes",
    );
    expect(Object.keys(ROUTES).toSorted()).toEqual(writing.map(({ method, url }) => `${method} ${url}`).toSorted());
    for (const [route, { of }] of Object.entries(ROUTES)) {
      const { act, row } = await of();
      expect(await recordedBy(act), route).toEqual([
        expect.objectContaining({ ...row, ...("after" in row ? { after: fits(row.after) } : {}), address: ADDRESS }),
      ]);
    }
  });
});

/** The same fields with the same values; there may be more of them. */
function fits(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(fits);
  if (typeof expected !== "object" || expected === null || "asymmetricMatch" in expected) return expected;
  return expect.objectContaining(Object.fromEntries(Object.entries(expected).map(([key, one]) => [key, fits(one)])));
}

describe("viewing writes nothing", () => {
  type QueryPath = PathOf<"query">;
  const day = { from: "2025-01-01T00:00:00Z" };
  const QUERIES = {
    "syncs.deadLetters": () => ({}),
    "syncs.get": () => ({ jobId: seen.changed }),
    "syncs.list": () => ({}),
    "syncs.strip": () => ({}),
    "syncs.timeline": () => ({ jobId: seen.changed }),
    "syncs.changes": () => ({ jobId: seen.changed }),
    "syncs.compare": () => ({ a: seen.changed, b: seen.changed }),
    "syncs.queueStats": () => ({}),
    "syncs.active": () => undefined,
    "prices.get": () => ({ model: "c/one" }),
    "prices.list": () => ({}),
    "prices.table": () => ({}),
    "prices.firstRows": () => ({ limit: 1 }),
    "prices.factWords": () => undefined,
    "prices.history": () => ({ model: "c/one" }),
    "prices.diff": () => day,
    "prices.quote": () => ({ lines: [{ model: "c/one", usage: { input: 1 } }] }),
    "prices.conflicts": () => ({}),
    "prices.pins": () => ({}),
    "review.count": () => undefined,
    "review.list": () => ({}),
    "review.order": () => ({}),
    "prices.changes": () => ({ since: "2026-01-01T00:00:00Z" }),
    "prices.changesPerDay": () => ({}),
    "prices.offerHistory": () => ({ model: "a/one" }),
    "prices.sellers": () => undefined,
    "prices.verify": () => undefined,
    "sources.list": () => undefined,
    "sources.days": () => ({}),
    "sources.kind": () => ({ kind: "litellm" as const }),
    "sources.tryGuard": () => ({ name: "mine" }),
    "schedules.list": () => undefined,
    "schedules.preview": () => ({ rule: "30 2 * * *" }),
    "alerts.current": () => undefined,
    "alerts.endpoints": () => undefined,
    "alerts.deliveries": () => ({}),
    "access.me": () => undefined,
    "access.sessions": () => undefined,
    "access.audit": () => ({}),
    "access.users": () => undefined,
    "access.keys": () => undefined,
    "lock.status": () => undefined,
    "lock.workers": () => undefined,
    "lock.history": () => ({}),
    "system.doctor": () => undefined,
    "system.retention": () => undefined,
  } satisfies { [P in QueryPath]: () => InputOf<P> };

  test("every query by a key and by a person, and every route that reads, leaves every table as it was", async () => {
    const queries = listProcedures().filter(({ type }) => type === "query");
    expect(Object.keys(QUERIES).toSorted()).toEqual(queries.map(({ path }) => path).toSorted());
    const ann = await signIn(DOORS_LOGIN);
    const { key = "" } = await prepare("access.createKey", { name: "looker", role: "admin" });
    const [payload] = await world.db.execute<{ digest: string }>(sql`select digest from source_payloads limit 1`);
    const before = await digestTables();
    for (const headers of [{ authorization: `Bearer ${key}` }, ann]) {
      for (const [path, input] of Object.entries(QUERIES)) {
        const value: unknown = input();
        const suffix = value === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(value))}`;
        await call("GET", `/api/trpc/${path}${suffix}`, undefined, headers);
      }
      // The stream of changes has no end; what it reads is what the pages of changes read.
      const reading = doors.routes.filter(
        ({ method, action }) => method === "GET" && action !== undefined && action !== "prices.followChanges",
      );
      expect(reading.length).toBeGreaterThan(4);
      for (const { url } of reading) {
        const path = url
          .replace(":job_id", seen.changed)
          .replace(":format", "litellm")
          .replace(":digest", payload?.digest ?? "");
        await call("GET", path === "/v1/changes" ? `${path}?after=0` : path, undefined, headers);
      }
      await call("POST", "/v1/quotes", { lines: [{ model: "c/one", usage: { input: 1 } }] }, headers);
      for (const url of ["/openapi.json", "/docs/api", "/healthz", "/readyz"])
        await call("GET", url, undefined, headers);
    }
    expect(await digestTables()).toEqual(before);
  });
});
