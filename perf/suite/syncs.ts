import { eventually } from "#/testing/eventually.ts";
import type { Place } from "./place.ts";
import { ownOf } from "./place.ts";
import { meanwhile, timed, type Scenario } from "./scenario.ts";
import type { Figure } from "../figure.ts";
import { quantile } from "../quantile.ts";

/** More than the pools of one process hold together: docs say that a process needs up to 20. */
const MOST_CONNECTIONS = 20;

export const atRest: Scenario = {
  name: "connections-at-rest",
  title: "Connections to the database at rest",
  needsOwn: true,
  run: async (place) => [
    { what: "connections", value: await ownOf(place).countConnections(), unit: "", most: MOST_CONNECTIONS },
  ],
};

export const afterSync: Scenario = {
  name: "connections-after",
  title: "Connections to the database after a sync",
  needsOwn: true,
  async run(place) {
    const { countConnections } = ownOf(place);
    await place.api.sync();
    return [{ what: "connections", value: await countConnections(), unit: "", most: MOST_CONNECTIONS }];
  },
};

type Sync = Readonly<{
  status: string;
  startedAt: string | null;
  completedAt: string | null;
  attempt: number;
  log: readonly { source: string; fetchMs: number | null; parseMs: number | null; applyMs: number | null }[];
}>;

const getSync = ({ api }: Place, jobId: string) => api.query<Sync>("syncs.get", { jobId });
const trigger = ({ api }: Place, input: object = {}) => api.mutate<{ jobId: string }>("syncs.trigger", input);

async function waitForEnd(place: Place, jobId: string, timeoutMs = 120_000): Promise<Sync> {
  return eventually(
    `sync ${jobId} has ended`,
    async () => {
      const sync = await getSync(place, jobId);
      return !/queued|running/.test(sync.status) && sync;
    },
    timeoutMs,
  );
}

/** The origin ran the sync inside the request. */
const ORIGIN_CALL = "the origin's call took 37 to 108 s";

export const oneSync: Scenario = {
  name: "one-sync",
  title: `One sync from the click to its end (${ORIGIN_CALL})`,
  needsOwn: false,
  async run(place) {
    // A day of the market, so that there are prices to write.
    await place.own?.market.step();
    const asked = await timed(() => trigger(place));
    const whole = await timed(() => waitForEnd(place, asked.value.jobId));
    const slowest = (phase: "fetchMs" | "parseMs" | "applyMs") =>
      Math.max(0, ...whole.value.log.map((source) => source[phase] ?? 0));
    return [
      { what: "the answer to the trigger", value: asked.ms, unit: "ms", most: 1_000 },
      { what: "the whole sync", value: asked.ms + whole.ms, unit: "ms", most: 30_000 },
      { what: "slowest fetch of a source", value: slowest("fetchMs"), unit: "ms" },
      { what: "slowest parse of a source", value: slowest("parseMs"), unit: "ms" },
      { what: "slowest write of a source", value: slowest("applyMs"), unit: "ms" },
      { what: "ended as success", value: whole.value.status === "success" ? 1 : 0, unit: "", least: 1 },
    ];
  },
};

const TRIGGERS = 10;

export const tenTriggers: Scenario = {
  name: "ten-triggers",
  title: "Ten triggers while one sync runs (the origin took 3 of 10)",
  needsOwn: false,
  async run(place, tell) {
    await place.own?.market.setFault({ feed: "openrouter", kind: "delay", delayMs: 2_000, times: 1 });
    await trigger(place);
    const jobIds: string[] = [];
    const times: number[] = [];
    for (let turn = 1; turn <= TRIGGERS; turn += 1) {
      const { ms, value } = await timed(() => trigger(place));
      times.push(ms);
      jobIds.push(value.jobId);
      tell(`${turn} of ${TRIGGERS} accepted`);
    }
    const syncs: Sync[] = [];
    for (const jobId of jobIds) syncs.push(await waitForEnd(place, jobId));
    const starts = syncs.map(({ startedAt }) => Date.parse(startedAt ?? ""));
    const ends = syncs.map(({ completedAt }) => Date.parse(completedAt ?? ""));
    const isOutOfTurn = (index: number) => index > 0 && (starts[index] ?? 0) < (ends[index - 1] ?? 0);
    return [
      { what: "accepted", value: new Set(jobIds).size, unit: "", least: TRIGGERS },
      { what: "slowest answer", value: Math.max(...times), unit: "ms", most: 1_000 },
      {
        what: "started before the one before had ended",
        value: syncs.filter((_, i) => isOutOfTurn(i)).length,
        unit: "",
        most: 0,
      },
      {
        what: "ended as success",
        value: syncs.filter(({ status }) => status === "success").length,
        unit: "",
        least: TRIGGERS,
      },
    ];
  },
};

const HEALTH_EVERY_MS = 100;

export const health: Scenario = {
  name: "health",
  title: "Health and readiness every 100 ms while syncs run",
  needsOwn: false,
  async run(place, tell) {
    const times: number[] = [];
    let refused = 0;
    const look = async () => {
      for (const path of ["/healthz", "/readyz"]) {
        const { ms, value } = await timed(() => fetch(place.url + path));
        await value.arrayBuffer();
        times.push(ms);
        if (!value.ok) refused += 1;
      }
      tell(`${times.length} answers`);
    };
    await meanwhile(runSyncs(place, 5), HEALTH_EVERY_MS, look);
    return [
      { what: "answers that were not 200", value: refused, unit: "", most: 0 },
      { what: "answers", value: times.length, unit: "" },
      { what: "answer, p50", value: quantile(times, 0.5), unit: "ms" },
      { what: "answer, slowest", value: Math.max(...times), unit: "ms", most: 1_000 },
    ];
  },
};

async function runSyncs(place: Place, count: number, onSync: (done: number) => void = () => {}): Promise<void> {
  for (let done = 1; done <= count; done += 1) {
    await place.own?.market.step();
    await place.api.sync();
    onSync(done);
  }
}

const LEAK_SYNCS = 20;

export const leaks: Scenario = {
  name: "leaks",
  title: `What ${LEAK_SYNCS} syncs leave behind`,
  needsOwn: true,
  async run(place, tell) {
    const { countConnections, readProcess } = ownOf(place);
    const read = async () => ({ connections: await countConnections(), ...(await readProcess()) });
    // Code and caches that the first syncs load are no leak.
    await runSyncs(place, 5);
    const before = await read();
    await runSyncs(place, LEAK_SYNCS, (done) => tell(`${done} of ${LEAK_SYNCS} syncs`));
    const after = await read();
    return [
      // Pools open their connections as they need them; what is left behind by each sync would be beyond their sizes.
      { what: "connections", value: after.connections, unit: "", most: MOST_CONNECTIONS },
      { what: "more open files and sockets", value: after.files - before.files, unit: "", most: 4 },
      { what: "more memory", value: after.mib - before.mib, unit: "MiB", most: 96 },
      { what: "memory before", value: before.mib, unit: "MiB" },
    ];
  },
};

/** The lease that the suite's own server is started with. */
const LEASE_MS = 5_000;

export const takeover: Scenario = {
  name: "takeover",
  title: "kill -9 of the server while it syncs",
  needsOwn: true,
  async run(place): Promise<readonly Figure[]> {
    const { market, kill, start } = ownOf(place);
    await market.setFault({ feed: "models-dev", kind: "drip", bytesPerSecond: 2_000 });
    const { jobId } = await trigger(place);
    await eventually("the sync runs", async () => (await getSync(place, jobId)).status === "running");
    await kill();
    const killedAt = performance.now();
    await start();
    const startMs = performance.now() - killedAt;
    await eventually("somebody has taken it over", async () => (await getSync(place, jobId)).attempt > 1, 60_000);
    const takenMs = performance.now() - killedAt;
    await market.clearFaults();
    const { status } = await waitForEnd(place, jobId);
    return [
      { what: "ready again after the kill", value: startMs, unit: "ms", most: 15_000 },
      { what: "the next attempt after the kill", value: takenMs, unit: "ms", most: 15_000 + LEASE_MS },
      { what: "ended as success", value: status === "success" ? 1 : 0, unit: "", least: 1 },
    ];
  },
};
