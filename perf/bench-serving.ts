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
import { listPricesInForce } from "#/book/list-rates.ts";
import { setPin } from "#/book/set-pin.ts";
import { openDatabase, type Database } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import type { OfferKey } from "#/price/offer.ts";
import { indexSellers } from "#/price/sellers.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { startProcess, STACK_KEY, type StartedProcess } from "#/testing/open-stack.ts";
import { load, type Load } from "./load.ts";

const isQuick = process.argv.includes("--quick");
const ROUNDS = 3;
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
  const bare = await startProcess({ entry: "perf/bare-server.ts", args: [file], ready: /ready at (\S+)/ });
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

/** In turns, so that both meet the same machine; answers the medians. */
async function compare(ours: Asked, floor: Asked): Promise<{ ours: Load; floor: Load }> {
  const runs: { ours: Load; floor: Load }[] = [];
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

  const one = await compare({ url: web + lookup, headers }, { url: `${bare}/v1/prices` });
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
    const known = await compare(
      { url: web + path, headers: { ...headers, "if-none-match": etag } },
      { url: `${bare}/304` },
    );
    report(
      `304 of ${path} (${each(known.ours)}) against a bare 304 (${each(known.floor)})`,
      known.ours.perSecond / known.floor.perSecond,
      "x",
      TARGET.notModified,
      true,
    );
  }
  const whole = await compare({ url: web + document, headers: packed }, { url: bare + document });
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

/** Every page once, so that none comes from an earlier answer; against the statement of the same page through the driver alone. */
async function measurePages(): Promise<void> {
  const { url: databaseUrl, database } = await openBook("large", { rates: 100_000 });
  const web = (await startWeb(databaseUrl)).ready;
  const headers = { authorization: `Bearer ${await makeKey(web)}` };
  const ours: number[] = [];
  const floor: number[] = [];
  let after: readonly [string, string] = ["", ""];
  for (let cursor: string | null = ""; cursor !== null;) {
    const target: string = `${web}/v1/prices?limit=1000${cursor === "" ? "" : `&cursor=${cursor}`}`;
    let text = "";
    ours.push(await timeOf(async () => void (text = await (await fetch(target, { headers })).text())));
    const page = JSON.parse(text) as { prices: { model: string; seller: string }[]; next_cursor: string | null };
    floor.push(
      await timeOf(
        () => database.sql`
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
  const [mine, bare] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  report(
    `a page of 1,000 of 100,000 (${mine.toFixed(1)} ms) against its bare SQL (${bare.toFixed(1)} ms)`,
    mine / bare,
    "x",
    TARGET.page,
  );
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

/** One rate at an instant of a long past, by its key, against its own statement through the driver alone. */
async function measureInstant(): Promise<void> {
  const rates = 100_000;
  const steps = INSTANT_ROWS / rates;
  const { database } = await openBook("long", { rates, steps });
  await database.sql.unsafe("vacuum analyze rates");
  const [ours, floor]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 500; turn += 1) {
    const model = 1 + ((turn * 7_919) % rates);
    const key = { seller: `seller-${model % 10}`, model: `vendor/model-${model}`, variant: "default" };
    const at = new Date(Date.now() - (1 + ((turn * 31) % Math.max(1, steps - 1))) * 3_600_000).toISOString();
    const sellers = indexSellers([]);
    const ask = () => listPricesInForce(database.db, { ...key, at, limit: 1_000, sellers });
    const statement = () => askBare(database, key, at);
    const both = turn % 2 === 0 ? [ask, statement] : [statement, ask];
    for (const one of both) (one === ask ? ours : floor).push(await timeOf(one));
  }
  const [mine, bare] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  const words = `one rate at an instant of ${INSTANT_ROWS.toLocaleString("en")} rows (${mine.toFixed(2)} ms)`;
  report(`${words} against the same SQL (${bare.toFixed(2)} ms)`, mine / bare, "x", TARGET.instant);
  report("one rate at an instant, p99", quantile(ours, 0.99), "ms", TARGET.instantP99Ms);
}

function askBare({ sql }: Database, { seller, model, variant }: OfferKey, at: string): Promise<unknown> {
  return sql`
    with book as materialized (select coalesce((select version from book_versions where true order by version desc limit 1), 0)
      as version, coalesce(${at}::timestamptz, clock_timestamp()) as at)
    select version::text, to_json(at) #>> '{}' as at, (
      select coalesce(json_agg(p), '[]') from (
        select r.seller, r.model, r.variant, r.state, r.charges,
          (select coalesce(json_agg(distinct coalesce(o ->> 'source', 'pin')), '[]') from jsonb_array_elements(r.origins) o) as "from",
          to_json(coalesce((select max(coalesce(h.observed_at, n.set_at)) from jsonb_array_elements(r.origins) o
            left join model_pricing_history h on h.id = (o ->> 'historyId')::bigint
            left join price_pins n on n.id = (o ->> 'pinId')::bigint), r.valid_from)) #>> '{}' as observed_at
        from (select distinct on (r.model, r.seller, (r.variant <> 'default'), r.variant) r.* from rates r
          where r.version_from <= (select version from book) and (r.version_to is null or r.version_to > (select version from book))
            and r.valid_from <= ${at}::timestamptz and r.seller = ${seller} and r.model = ${model} and r.variant = ${variant}
          order by r.model, r.seller, (r.variant <> 'default'), r.variant, r.valid_from desc nulls last) r
        where r.state in ('priced', 'free')
        order by r.model, r.seller, (r.variant <> 'default'), r.variant limit 1001) p) as prices
    from book`;
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

/** Many clients at once, for long enough that what grows is seen. */
async function measureCrowd(): Promise<void> {
  const url = new URL(postgres.url);
  url.pathname = "/small";
  const web = await startWeb(url.href, { NODE_OPTIONS: "--import ./perf/watch-loop.ts" });
  const headers = { authorization: `Bearer ${await makeKey(web.ready)}`, "accept-encoding": "br" };
  const document = `${web.ready}/v1/export/litellm`;
  const { etag } = await fetchRaw(document, headers);
  await fetchRaw(document, headers);
  const readings: { loopMs: number; mib: number }[] = [];
  const read = async () => {
    web.child.kill("SIGUSR2");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [, loopMs, mib] = [...web.output().matchAll(/loop ([\d.]+) ms, (\d+) MiB/g)].at(-1) ?? [];
    readings.push({ loopMs: Number(loopMs), mib: Number(mib) });
  };
  await read();
  const seconds = CLIENT_SECONDS / 4;
  for (let quarter = 0; quarter < 4; quarter += 1) {
    await Promise.all([
      load({ url: document, headers, connections: CLIENTS / 2, seconds }),
      load({ url: document, headers: { ...headers, "if-none-match": etag }, connections: CLIENTS / 2, seconds }),
    ]);
    await read();
  }
  const [, first, ...later] = readings;
  const worst = Math.max(...readings.slice(1).map(({ loopMs }) => loopMs));
  report(
    `longest delay of the event loop under ${CLIENTS} clients for ${CLIENT_SECONDS} s`,
    worst,
    "ms",
    TARGET.loopMs,
  );
  const grown = Math.max(...later.map(({ mib }) => mib)) - (first?.mib ?? Number.NaN);
  report(`memory that grew after the first quarter of it (${first?.mib ?? 0} MiB)`, grown, "MiB", 32);
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
