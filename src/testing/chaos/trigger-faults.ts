import type { Fault } from "#/testing/chaos/fault.ts";
import { triggerOverHttp } from "#/testing/chaos/http-client.ts";
import { startTwoWorkers } from "#/testing/chaos/process-faults.ts";

const GAP_TARGET_MS = 100;

// From a job's end to the next one's start, where that one was waiting, once nothing was added any more.
const GAPS = `
  select extract(epoch from next_at - at)::float8 * 1000 as ms from (
    select kind, at, lead(kind) over flow as next_kind, lead(at) over flow as next_at
    from pricing_sync_events where kind in ('started', 'ended')
      and id > (select max(id) from pricing_sync_events where kind = 'queued')
    window flow as (order by id)) flow
  where kind = 'ended' and next_kind = 'started'`;

/** Many clients at once, each impatient enough to send some requests again. */
export const manyTriggers: Fault = {
  name: "many triggers, some sent twice",
  alone: "long",
  async run({ random, length }, world) {
    const [requests, clients, keys] = length === "long" ? [500, 20, 350] : [40, 4, 30];
    world.source.setDelayMs(0);
    const web = await world.startServer("web");
    await startTwoWorkers(world);
    const jobsOf = new Map<string, Set<string>>();
    const queue = Array.from(
      { length: requests },
      (_, index) => `http-${index < keys ? index : random.integer(0, keys - 1)}`,
    );
    await Promise.all(Array.from({ length: clients }, sendInTurn));
    await world.allEnded(240_000);
    const gaps = await world.sql.unsafe<{ ms: number }[]>(GAPS);
    const failures = [...jobsOf]
      .filter(([, jobs]) => jobs.size !== 1)
      .map(([key]) => `${key} was answered with two jobs`);
    if (jobsOf.size !== keys) failures.push(`${keys} keys were sent, ${jobsOf.size} answered`);
    return {
      rounds: requests,
      failures,
      times: [{ what: "gap", ms: gaps.map(({ ms }) => ms), p95TargetMs: GAP_TARGET_MS }],
    };

    async function sendInTurn(): Promise<void> {
      for (let requestId = queue.pop(); requestId !== undefined; requestId = queue.pop()) {
        const { jobId } = await triggerOverHttp(web.url, { requestId, sources: ["alpha"] });
        const jobs = jobsOf.get(requestId) ?? new Set();
        jobsOf.set(requestId, jobs.add(jobId));
        world.accepted.push(jobId);
      }
    }
  },
};
