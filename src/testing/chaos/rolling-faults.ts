import type { Fault } from "#/testing/chaos/fault.ts";
import { listMissed, triggerConstantly } from "#/testing/chaos/clients.ts";
import { openWatcher } from "#/testing/chaos/watcher.ts";
import type { Server, World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";

/** A deployment: each server in its turn is asked to stop and started again, while people trigger and watch. */
export const rolled: Fault = {
  name: "rolling restart of 3 web and 2 workers",
  longOnly: true,
  async run(_deps, world) {
    const [watcherCount, passes] = [200, 2];
    world.source.setDelayMs(100);
    const webs = await Promise.all([1, 2, 3].map(() => world.startServer("web")));
    const workers = await Promise.all([1, 2].map(() => world.startServer("worker")));
    const urls = webs.map(({ url }) => url);
    const watchers = Array.from({ length: watcherCount }, (_, index) => openWatcher(urls, { first: index }));
    await eventually("all watch", async () => watchers.every((watcher) => watcher.connections() > 0), 60_000);

    const stopped = new AbortController();
    const triggering = triggerConstantly(world, { urls, name: "rolling" }, stopped.signal);
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
