/**
 * Times what gateways ask for against floors in the same run: HTTP against a bare Fastify that sends the same bytes, SQL against the
 * same SQL through the driver alone. Real processes, Postgres and sockets on loopback. Needs a build (`npm run build`).
 *
 *   node perf/bench-serving.ts            10 million rows for the rate at an instant, about six minutes
 *   node perf/bench-serving.ts --quick    100,000 rows
 *
 * Exit code 1 when a target is not kept.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { drizzle } from "drizzle-orm/postgres-js";
import { listPricesInForce } from "#/book/list-rates.ts";
import { setPin } from "#/book/set-pin.ts";
import { openDatabase, type Database, type Db } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { indexSellers } from "#/price/sellers.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { startProcess, STACK_KEY, type StartedProcess } from "#/testing/open-stack.ts";
import { load, type Load } from "./load.ts";

const isQuick = process.argv.includes("--quick");
const ROUNDS = 5;
const TARGET = {
  lookup: 0.5,
  lookupP99Ms: 5,
  notModified: 0.6,
  export: 0.7,
  page: 1.5,
  instant: 1.3,
  instantP99Ms: 10,
  propagationMs: 250,
  snapshotMib: 200,
  loopMs: 50,
};
const INSTANT_ROWS = isQuick ? 100_000 : 10_000_000;
const CLIENTS = 200;
const CLIENT_SECONDS = isQuick ? 10 : 60;
const PROCESSES = 4;
const WRITES = isQuick ? 20 : 100;

let kept = true;
function report(what: string, value: number, unit: string, target: number, isFloor = false): void {
  const ok = isFloor ? value >= target : value <= target;
  kept &&= ok;
  const words = isFloor ? "at least" : "at most";
  process.stdout.write(
    `${ok ? "ok  " : "MISS"}  ${what.padEnd(78)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)} ${words} ${target} ${unit}\n`,
  );
}

const folder = await mkdtemp(join(tmpdir(), "ratebook-bench-"));
const postgres = await openEmbeddedPostgres(folder);
const admin = openDatabase(postgres.url, { max: 1, name: "bench" });
const started: StartedProcess[] = [];
const open: Database[] = [];

async function openBook(
  name: string,
  book: { rates: number; steps?: number },
): Promise<{ url: string; database: Database }> {
  await admin.sql.unsafe(`create database ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  await migrateDatabase(url.href);
  const database = openDatabase(url.href, { max: 2, name: "bench" });
  open.push(database);
  await fillRates(database.db, book);
  return { url: url.href, database };
}

async function startWeb(databaseUrl: string, env: Record<string, string> = {}): Promise<StartedProcess> {
  const web = await startProcess({
    entry: "src/server.ts",
    ready: /ready at (\S+)/,
    env: {
      NODE_ENV: "production",
      LOG_LEVEL: "warn",
      ROLE: "web",
      PORT: "0",
      HOST: "127.0.0.1",
      DATABASE_URL: databaseUrl,
      RATEBOOK_DATA_DIR: folder,
      ADMIN_API_KEY: STACK_KEY,
      PRICE_READS_PER_MINUTE: "1000000000",
      ...env,
    },
  });
  started.push(web);
  return web;
}

async function makeKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/trpc/access.createKey`, {
    method: "POST",
    headers: { authorization: `Bearer ${STACK_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ name: `bench-${Date.now()}`, role: "viewer" }),
  });
  return ((await answer.json()) as { result: { data: { key: string } } }).result.data.key;
}

/** The same bytes and headers from a bare server. */
async function startBare(
  web: string,
  headers: Record<string, string>,
  paths: readonly string[],
  env: Record<string, string> = {},
): Promise<StartedProcess> {
  const answers = await Promise.all(
    paths.map(async (path) => {
      const { raw, type, encoding } = await fetchRaw(`${web}${path}`, headers);
      return {
        path: path.replace(/\?.*/, ""),
        headers: { "content-type": type, ...encoding },
        body: raw.toString("base64"),
      };
    }),
  );
  const file = join(folder, "answers.json");
  await writeFile(file, JSON.stringify(answers));
  const bare = await startProcess({ entry: "perf/bare-server.ts", args: [file], ready: /ready at (\S+)/, env });
  started.push(bare);
  return bare;
}

/** Without decompressing. */
async function fetchRaw(url: string, headers: Record<string, string>) {
  const { request } = await import("undici");
  const answer = await request(url, { headers });
  const encoding = answer.headers["content-encoding"];
  return {
    raw: Buffer.from(await answer.body.arrayBuffer()),
    type: String(answer.headers["content-type"]),
    etag: String(answer.headers.etag),
    encoding: encoding === undefined ? {} : { "content-encoding": String(encoding) },
  };
}

type Asked = Readonly<{ url: string; headers?: Record<string, string> }>;

/** In turns, so that both meet the same machine, and once before that, so that both are warm; answers the medians. */
async function compare(ours: Asked, floor: Asked): Promise<{ ours: Load; floor: Load }> {
  const runs: { ours: Load; floor: Load }[] = [];
  for (const one of [floor, ours]) await load({ ...one, seconds: 2 });
  for (let round = 0; round < ROUNDS; round += 1)
    runs.push({ floor: await load({ ...floor, seconds: 3 }), ours: await load({ ...ours, seconds: 3 }) });
  const sorted = runs.toSorted((a, b) => a.ours.perSecond / a.floor.perSecond - b.ours.perSecond / b.floor.perSecond);
  const middle = sorted[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

const each = ({ perSecond }: Load) => `${Math.round(perSecond).toLocaleString("en")}/s`;

async function measureHttp(): Promise<void> {
  const { url: databaseUrl } = await openBook("small", { rates: 10_000 });
  const web = (await startWeb(databaseUrl)).ready;
  const headers = { authorization: `Bearer ${await makeKey(web)}` };
  const lookup = "/v1/prices?seller=seller-7&model=vendor/model-4567&variant=default";
  const document = "/v1/export/litellm";
  const packed = { ...headers, "accept-encoding": "br" };
  const bare = (await startBare(web, packed, [lookup, document])).ready;

  const one = await compare({ url: web + lookup, headers }, { url: `${bare}/v1/prices`, headers });
  report(
    `one rate by key (${each(one.ours)}) against bare bytes (${each(one.floor)})`,
    one.ours.perSecond / one.floor.perSecond,
    "x",
    TARGET.lookup,
    true,
  );
  report("one rate by key, p99 at 16 connections", one.ours.p99Ms, "ms", TARGET.lookupP99Ms);
  for (const path of [document, "/v1/prices?limit=1000"]) {
    const { etag } = await fetchRaw(web + path, headers);
    const asking = { headers: { ...headers, "if-none-match": etag } };
    const known = await compare({ url: web + path, ...asking }, { url: `${bare}/304`, ...asking });
    report(
      `304 of ${path} (${each(known.ours)}) against a bare 304 (${each(known.floor)})`,
      known.ours.perSecond / known.floor.perSecond,
      "x",
      TARGET.notModified,
      true,
    );
  }
  const whole = await compare({ url: web + document, headers: packed }, { url: bare + document, headers: packed });
  report(
    `an export of 10,000 rates, compressed (${each(whole.ours)}) against bare bytes (${each(whole.floor)})`,
    whole.ours.perSecond / whole.floor.perSecond,
    "x",
    TARGET.export,
    true,
  );
}

/** Nearest rank. */
function quantile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(times.length * share) - 1)] ?? Number.NaN;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Pages that nobody has asked for before, so that none comes from an earlier answer; against the statement of the same page through the driver alone. */
async function measurePages(): Promise<void> {
  const { url: databaseUrl, database } = await openBook("large", { rates: 100_000 });
  const web = (await startWeb(databaseUrl)).ready;
  const headers = { authorization: `Bearer ${await makeKey(web)}`, "accept-encoding": "br" };
  // Once before it counts, so that both are warm.
  await readPages(database, `${web}/v1/prices?limit=1000&walk=1`, headers);
  const { ours, floor } = await readPages(database, `${web}/v1/prices?limit=1000&walk=2`, headers);
  const [mine, bare] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  report(
    `a page of 1,000 of 100,000 (${mine.toFixed(1)} ms) against its bare SQL (${bare.toFixed(1)} ms)`,
    mine / bare,
    "x",
    TARGET.page,
  );
}

/** Every page from the first to the last, until its last byte has come, and after each the same one by SQL; answers their times in milliseconds. */
async function readPages(
  { sql }: Database,
  address: string,
  headers: Record<string, string>,
): Promise<{ ours: number[]; floor: number[] }> {
  const [ours, floor]: [number[], number[]] = [[], []];
  let after: readonly [string, string] = ["", ""];
  for (let cursor: string | null = ""; cursor !== null;) {
    const target: string = address + (cursor === "" ? "" : `&cursor=${cursor}`);
    let bytes = Buffer.alloc(0);
    ours.push(await timeOf(async () => void (bytes = (await fetchRaw(target, headers)).raw)));
    const page = JSON.parse(brotliDecompressSync(bytes).toString()) as {
      prices: { model: string; seller: string }[];
      next_cursor: string | null;
    };
    floor.push(
      await timeOf(
        () => sql`
          select seller, model, variant, state, charges, origins, valid_from from rates
          where version_to is null and valid_to is null and valid_from <= clock_timestamp()
            and (model, seller, variant <> 'default', variant) > (${after[0]}, ${after[1]}, false, 'default')
          order by model, seller, variant <> 'default', variant limit 1000`,
      ),
    );
    const last = page.prices.at(-1);
    if (last !== undefined) after = [last.model, last.seller];
    cursor = page.next_cursor;
  }
  return { ours, floor };
}

/** What the present book takes in memory, after a collection. */
async function measureSnapshot(): Promise<void> {
  const url = new URL(postgres.url);
  url.pathname = "/large";
  const { child, ready } = await startProcess({
    entry: "perf/snapshot-memory.ts",
    args: [url.href],
    ready: /MiB (\S+)/,
  });
  child.kill();
  report("memory of the prices in force of 100,000 rates", Number(ready), "MiB", TARGET.snapshotMib);
}

/** One rate at an instant of a long past, by its key, against the very statement that it sends, through the driver alone. */
async function measureInstant(): Promise<void> {
  const rates = 100_000;
  const steps = INSTANT_ROWS / rates;
  const { database } = await openBook("long", { rates, steps });
  await database.sql.unsafe("vacuum analyze rates");
  const sent: { query: string; params: unknown[] }[] = [];
  const db: Db = drizzle(database.sql, { logger: { logQuery: (query, params) => void sent.push({ query, params }) } });
  const sellers = indexSellers([]);
  const [ours, floor]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 500; turn += 1) {
    const model = 1 + ((turn * 7_919) % rates);
    const key = { seller: `seller-${model % 10}`, model: `vendor/model-${model}`, variant: "default" };
    const at = new Date(Date.now() - (1 + ((turn * 31) % Math.max(1, steps - 1))) * 3_600_000).toISOString();
    const ask = () => listPricesInForce(db, { ...key, at, limit: 1_000, sellers });
    // Once for the statement, and so that both that are timed find its pages in memory.
    sent.length = 0;
    await ask();
    const [statement] = sent;
    if (statement === undefined || sent.length !== 1) throw new Error("a rate is read by one statement");
    const askBare = () => database.sql.unsafe(statement.query, statement.params as string[]);
    const both = turn % 2 === 0 ? [ask, askBare] : [askBare, ask];
    for (const one of both) (one === ask ? ours : floor).push(await timeOf(one));
  }
  const [mine, bare] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  const words = `one rate at an instant of ${INSTANT_ROWS.toLocaleString("en")} rows (${mine.toFixed(2)} ms)`;
  report(`${words} against its own SQL (${bare.toFixed(2)} ms)`, mine / bare, "x", TARGET.instant);
  report("one rate at an instant, p99", quantile(ours, 0.99), "ms", TARGET.instantP99Ms);
}

/** From the commit of a pin until every one of several servers answers it; against a bare notification. */
async function measurePropagation(): Promise<void> {
  const { url: databaseUrl, database } = await openBook("spread", { rates: 1_000 });
  const webs: string[] = [];
  for (let index = 0; index < PROCESSES; index += 1) webs.push((await startWeb(databaseUrl)).ready);
  const headers = { authorization: `Bearer ${await makeKey(webs[0] ?? "")}` };
  const actor = { kind: "system", id: "bench", label: "bench", role: "admin" } as const;
  const target = { seller: "acme", model: "spread/one", variant: "default", reason: "measured" };
  const bare: number[] = [];
  let notifiedAt = 0;
  await database.sql.listen("bench", () => bare.push(performance.now() - notifiedAt));
  const times: number[] = [];
  for (let write = 0; write < WRITES; write += 1) {
    const amount = `0.000001${String(write).padStart(3, "0")}1`;
    await setPin(database.db, actor, { ...target, charges: [{ meter: "input", unit: "token", amount }] });
    const committedAt = performance.now();
    const answered = webs.map(async (web) => {
      const url = `${web}/v1/prices?model=spread/one&n=${write}`;
      while (!(await (await fetch(url, { headers })).text()).includes(amount)) await new Promise(setImmediate);
      return performance.now() - committedAt;
    });
    times.push(...(await Promise.all(answered)));
    notifiedAt = performance.now();
    await database.sql.notify("bench", "");
  }
  const floor = quantile(bare, 0.95);
  report(
    `a change is answered by ${PROCESSES} servers, p95 (a bare NOTIFY: ${floor.toFixed(1)} ms)`,
    quantile(times, 0.95),
    "ms",
    TARGET.propagationMs,
  );
}

/**
 * Many clients at once, for long enough that what grows is seen; in turns with a bare server that sends the same, since both wait for
 * processors that the clients take.
 */
async function measureCrowd(): Promise<void> {
  const url = new URL(postgres.url);
  url.pathname = "/small";
  const watched = { NODE_OPTIONS: "--import ./perf/watch-loop.ts" };
  const web = await startWeb(url.href, watched);
  const headers = { authorization: `Bearer ${await makeKey(web.ready)}`, "accept-encoding": "br" };
  const path = "/v1/export/litellm";
  const bare = await startBare(web.ready, headers, [path], watched);
  const { etag } = await fetchRaw(web.ready + path, headers);
  const seconds = CLIENT_SECONDS / 4;
  const crowd = async (server: StartedProcess, known: string) => {
    const half = { connections: CLIENTS / 2, seconds };
    await Promise.all([
      load({ url: server.ready + path, headers, ...half }),
      load({ url: server.ready + known, headers: { ...headers, "if-none-match": etag }, ...half }),
    ]);
    return readLoop(server);
  };
  // What happened while it started is no answer to the crowd.
  for (const server of [web, bare]) await readLoop(server);
  const [ours, floor]: [Reading[], Reading[]] = [[], []];
  for (let quarter = 0; quarter < 4; quarter += 1) {
    floor.push(await crowd(bare, "/304"));
    ours.push(await crowd(web, path));
  }
  const worst = (readings: readonly Reading[]) => Math.max(...readings.map(({ loopMs }) => loopMs));
  report(
    `longest delay of the event loop under ${CLIENTS} clients for ${CLIENT_SECONDS} s (a bare server: ${worst(floor).toFixed(1)} ms)`,
    worst(ours),
    "ms",
    Math.max(TARGET.loopMs, worst(floor)),
  );
  const [first, ...later] = ours;
  const grown = Math.max(...later.map(({ mib }) => mib)) - (first?.mib ?? Number.NaN);
  report(`memory that grew after the first quarter of it (${first?.mib ?? 0} MiB)`, grown, "MiB", 32);
}

type Reading = Readonly<{ loopMs: number; mib: number }>;

/** How late a watched server's event loop was at most since it was last asked, and its memory. */
async function readLoop(server: StartedProcess): Promise<Reading> {
  const said = () => [...server.output().matchAll(/loop ([\d.]+) ms, (\d+) MiB/g)];
  const before = said().length;
  server.child.kill("SIGUSR2");
  while (said().length === before) await new Promise((resolve) => setTimeout(resolve, 10));
  const [, loopMs, mib] = said().at(-1) ?? [];
  return { loopMs: Number(loopMs), mib: Number(mib) };
}

try {
  await measureHttp();
  await measureCrowd();
  await measurePages();
  await measureSnapshot();
  await measurePropagation();
  await measureInstant();
} finally {
  for (const process of started.toReversed()) await process.stop();
  for (const { close } of open) await close();
  await admin.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = kept ? 0 : 1;
