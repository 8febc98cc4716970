import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "#/testing/chaos/fault.ts";
import { triggerOverHttp } from "#/testing/chaos/http-client.ts";
import { openWatcher, type Watcher } from "#/testing/chaos/watcher.ts";
import type { Server, World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";

const TRIGGER_EVERY_MS = 400;

/** A deployment: each server in its turn is asked to stop and started again, while people trigger and watch. */
export const rolled: Fault = {
  name: "rolling restart of 3 web and 2 workers",
  async run({ length }, world) {
    const [watcherCount, passes] = length === "long" ? [200, 2] : [10, 1];
    world.source.setDelayMs(100);
    const webs = await Promise.all([1, 2, 3].map(() => world.startServer("web")));
    const workers = await Promise.all([1, 2].map(() => world.startServer("worker")));
    const urls = webs.map(({ url }) => url);
    const watchers = Array.from({ length: watcherCount }, (_, index) => openWatcher(urls, index));
    await eventually("all watch", async () => watchers.every((watcher) => watcher.connections() > 0), 60_000);

    const stopped = new AbortController();
    const triggering = triggerConstantly(world, urls, stopped.signal);
    const failures: string[] = [];
    for (let pass = 0; pass < passes; pass += 1) {
      for (const index of webs.keys()) {
        await restart(world, webs, index, "web", failures);
        await restart(world, workers, index, "worker", failures);
      }
    }
    stopped.abort();
    await triggering;
    await world.allEnded();
    failures.push(...(await listMissed(world, watchers)));
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    return { rounds: passes * (webs.length + workers.length), failures };
  },
};

async function restart(
  world: World,
  servers: Server[],
  index: number,
  role: "web" | "worker",
  failures: string[],
): Promise<void> {
  const server = servers[index];
  if (server === undefined) return;
  const code = await world.stopServer(server, "SIGTERM");
  if (code !== 0) failures.push(`a ${role} that was asked to stop left with code ${code}: ${server.process.output()}`);
  const port = role === "web" ? { PORT: new URL(server.url).port } : {};
  servers[index] = await world.startServer(role, port);
}

/** As a client does that wants its job: sends the same request again, elsewhere, until it is answered. */
async function triggerConstantly(world: World, urls: readonly string[], stopped: AbortSignal): Promise<void> {
  for (let turn = 0; !stopped.aborted; turn += 1) {
    const body = { requestId: `rolling-${turn}`, sources: ["alpha", "beta"] };
    let next = turn;
    const { jobId } = await eventually(
      "a server answers",
      () => triggerOverHttp(urls[next++ % urls.length] ?? "", body).catch(() => undefined),
      30_000,
    );
    world.accepted.push(jobId);
    if (turn % 5 === 0) world.source.moveOn();
    await sleep(TRIGGER_EVERY_MS, undefined, { signal: stopped }).catch(() => {});
  }
}

async function listMissed(world: World, watchers: readonly Watcher[]): Promise<string[]> {
  const rows = await world.sql<{ id: string }[]>`select id::text from pricing_sync_events order by id`;
  const wanted = rows.map(({ id }) => BigInt(id));
  const hasLast = (watcher: Watcher) => watcher.seen().at(-1) === wanted.at(-1);
  await eventually("all have the last event", async () => watchers.every(hasLast), 30_000).catch(() => {});
  return watchers.flatMap((watcher, index) => {
    const seen = new Set(watcher.seen());
    const missed = wanted.filter((id) => !seen.has(id)).length;
    const twice = watcher.seen().length - seen.size;
    return missed + twice === 0 ? [] : [`watcher ${index} missed ${missed} events and saw ${twice} twice`];
  });
}
