import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { eventually } from "#/testing/eventually.ts";
import { quantile } from "../quantile.ts";
import { ownOf, type Place } from "./place.ts";
import { timed, type Scenario } from "./scenario.ts";

const WATCHERS = 1_000;

export const watchers: Scenario = {
  name: "watchers",
  title: `${WATCHERS.toLocaleString("en")} live watchers of a sync`,
  needsOwn: true,
  async run(place, tell) {
    const { readProcess } = ownOf(place);
    const before = await readProcess();
    const agent = new Agent({ keepAlive: true, maxSockets: WATCHERS });
    /** When each of them heard of the end, after its commit, by run. */
    const heard = new Map<string, number[]>();
    const streams: IncomingMessage[] = [];
    const onLine = (line: string) => {
      if (!line.startsWith("data: ")) return;
      const { kind, jobId, at } = JSON.parse(line.slice("data: ".length)) as Record<string, string>;
      if (kind !== "ended" || jobId === undefined || at === undefined) return;
      heard.set(jobId, [...(heard.get(jobId) ?? []), Date.now() - Date.parse(at)]);
    };
    try {
      for (let opened = 0; opened < WATCHERS; opened += 50) {
        const fifty = Array.from({ length: 50 }, () => openStream(place, agent, onLine));
        streams.push(...(await Promise.all(fifty)));
        tell(`${streams.length} are connected`);
      }
      const during = await readProcess();
      const { jobId } = await place.api.sync();
      await eventually(
        "all have heard of the end",
        async () => (heard.get(jobId)?.length ?? 0) >= WATCHERS,
        30_000,
      ).catch(() => {});
      const times = heard.get(jobId) ?? [];
      return [
        { what: "watchers that heard of the end", value: times.length, unit: "", least: WATCHERS },
        { what: "the end, after its commit, p95", value: quantile(times, 0.95), unit: "ms", most: 1_000 },
        { what: "more memory while all are connected", value: during.mib - before.mib, unit: "MiB", most: 128 },
      ];
    } finally {
      for (const stream of streams) stream.destroy();
      agent.destroy();
    }
  },
};

function openStream({ url, key }: Place, agent: Agent, onLine: (line: string) => void): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${key}`, accept: "text/event-stream" };
  return new Promise((resolve, reject) => {
    get(`${url}/api/trpc/syncs.watch?input={}`, { agent, headers }, (stream) => {
      if (stream.statusCode !== 200) return reject(new Error(`a watcher was answered ${stream.statusCode}`));
      let rest = "";
      stream.setEncoding("utf8");
      stream.on("data", (piece: string) => {
        const lines = (rest + piece).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(onLine);
      });
      // It is destroyed at the end.
      stream.on("error", () => {});
      resolve(stream);
    }).on("error", reject);
  });
}

/** What a mixed crowd asks, each as often as it stands here. */
const MIX = [
  "/v1/prices?limit=1",
  "/v1/prices?limit=100",
  "/v1/export/litellm",
  "/api/trpc/sources.list",
  "/api/trpc/syncs.active",
  '/api/trpc/syncs.list?input={"limit":25}',
  '/api/trpc/prices.list?input={"limit":50,"search":"claude"}',
  '/api/trpc/review.list?input={"limit":20}',
] as const;
const USERS = 100;
const USERS_SECONDS = 60;
const LONGEST_THOUGHT_MS = 800;

type Answer = Readonly<{ path: string; status: number; ms: number }>;

async function crowd(place: Place, users: number, until: () => boolean): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const headers = { authorization: `Bearer ${place.key}`, "accept-encoding": "br" };
  const user = async (number: number) => {
    for (let turn = number; !until(); turn += 7) {
      const path = encodeURI(MIX[turn % MIX.length] ?? "/");
      const { ms, value } = await timed(async () => {
        const answer = await request(place.url + path, { headers });
        await answer.body.dump();
        return answer.statusCode;
      }).catch(() => ({ ms: Number.NaN, value: 0 }));
      answers.push({ path, status: value, ms });
      await sleep(Math.random() * LONGEST_THOUGHT_MS);
    }
  };
  await Promise.all(Array.from({ length: users }, (_, number) => user(number)));
  return answers;
}

export const users: Scenario = {
  name: "users",
  title: `${USERS} mixed users for ${USERS_SECONDS} s, with syncs meanwhile`,
  needsOwn: false,
  async run(place, tell) {
    const start = performance.now();
    const isOver = () => {
      tell(`${Math.round((performance.now() - start) / 1_000)} of ${USERS_SECONDS} s`);
      return performance.now() - start > USERS_SECONDS * 1_000;
    };
    const asked = crowd(place, USERS, isOver);
    for (let turn = 0; turn < 3; turn += 1) await place.api.sync();
    const answers = await asked;
    const times = answers.map(({ ms }) => ms);
    const slowest = slowestQuestion(answers);
    return [
      { what: "requests", value: answers.length, unit: "" },
      {
        what: "answers that were not 200",
        value: answers.filter(({ status }) => status !== 200).length,
        unit: "",
        most: 0,
      },
      { what: "answer, p50", value: quantile(times, 0.5), unit: "ms" },
      { what: "answer, p95", value: quantile(times, 0.95), unit: "ms", most: 500 },
      { what: "answer, p99", value: quantile(times, 0.99), unit: "ms" },
      { what: `p95 of the slowest, ${slowest.path}`, value: slowest.p95, unit: "ms" },
    ];
  },
};

function slowestQuestion(answers: readonly Answer[]): Readonly<{ path: string; p95: number }> {
  const byPath = [...Map.groupBy(answers, ({ path }) => path.split("?", 1)[0] ?? path)];
  const questions = byPath.map(([path, of]) => ({
    path,
    p95: quantile(
      of.map(({ ms }) => ms),
      0.95,
    ),
  }));
  return questions.toSorted((a, b) => b.p95 - a.p95)[0] ?? { path: "none", p95: Number.NaN };
}

const AWAY_MS = 4_000;

export const databaseRestart: Scenario = {
  name: "database-restart",
  title: "A restart of the database under load",
  needsOwn: true,
  async run(place, tell) {
    const { stopDatabase, startDatabase } = ownOf(place);
    const over = new AbortController();
    const reads: Answer[] = [];
    const reading = readUntil(place, over.signal, reads);
    const answered = crowd(place, 20, () => over.signal.aborted);
    await sleep(1_000);
    tell("the database is away");
    await stopDatabase();
    await sleep(AWAY_MS);
    await startDatabase();
    const { ms } = await timed(() =>
      eventually("it is ready again", async () => (await fetch(`${place.url}/readyz`)).ok, 60_000),
    );
    const { status } = await eventually("a sync goes", () => place.api.sync().catch(() => undefined), 60_000);
    over.abort();
    await reading;
    const wrong = (await answered).filter((answer) => ![200, 503].includes(answer.status));
    // 0 is a request that got no answer.
    const statuses = [...new Set(wrong.map((answer) => answer.status))].join(", ");
    return [
      { what: "lookups answered from memory meanwhile", value: share(reads), unit: "", least: 1 },
      {
        what: `other answers than 200 or 503${wrong.length === 0 ? "" : ` (${statuses})`}`,
        value: wrong.length,
        unit: "",
        most: 0,
      },
      { what: "ready after the database was there again", value: ms, unit: "ms", most: 15_000 },
      { what: "the next sync ended as success", value: status === "success" ? 1 : 0, unit: "", least: 1 },
    ];
  },
};

/** Looks one price up again and again, and keeps what came. */
async function readUntil({ url, key }: Place, over: AbortSignal, reads: Answer[]): Promise<void> {
  const path = "/v1/prices?limit=1";
  const headers = { authorization: `Bearer ${key}` };
  while (!over.aborted) {
    const { ms, value } = await timed(async () => {
      const answer = await request(url + path, { headers });
      await answer.body.dump();
      return answer.statusCode;
    });
    reads.push({ path, ms, status: value });
    await sleep(20);
  }
}

const share = (reads: readonly Answer[]) => reads.filter(({ status }) => status === 200).length / reads.length;
