import { setTimeout as sleep } from "node:timers/promises";
import { triggerOverHttp } from "#/testing/chaos/http-client.ts";
import type { Watcher } from "#/testing/chaos/watcher.ts";
import type { World } from "#/testing/chaos/world.ts";
import { eventually } from "#/testing/eventually.ts";

const TRIGGER_EVERY_MS = 400;

type TriggerInput = Readonly<{ urls: readonly string[]; name: string; timeoutMs?: number }>;

/** As a client does that wants its job: sends the same request again, elsewhere, until it is answered. */
export async function triggerConstantly(
  world: World,
  { urls, name, timeoutMs }: TriggerInput,
  stopped: AbortSignal,
): Promise<void> {
  for (let turn = 0; !stopped.aborted; turn += 1) {
    const body = { requestId: `${name}-${turn}`, sources: ["alpha", "beta"] };
    let next = turn;
    const { jobId } = await eventually(
      "a server answers",
      () => triggerOverHttp(urls[next++ % urls.length] ?? "", body, timeoutMs).catch(() => undefined),
      30_000,
    );
    world.accepted.push(jobId);
    if (turn % 5 === 0) world.source.moveOn();
    await sleep(TRIGGER_EVERY_MS, undefined, { signal: stopped }).catch(() => {});
  }
}

/** Which watchers have not seen every event once, in words. */
export async function listMissed(world: World, watchers: readonly Watcher[]): Promise<string[]> {
  const rows = await world.sql<{ id: string }[]>`select id::text from pricing_sync_events e order by e.id`;
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
