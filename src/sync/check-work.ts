import type { Check } from "#/platform/check-database.ts";
import type { Db } from "#/platform/database.ts";
import { countWaiting } from "#/platform/queue.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";
import { getLockStatus } from "#/sync/lease/lease.ts";
import { listWorkers } from "#/sync/run/announce-worker.ts";

/** An entry that could be taken, and that nobody has taken for so long, is stuck. */
const STUCK_SECONDS = 60;

/** Whether syncs that are asked for will run: the queue, the lock and the workers. */
export async function checkWork(db: Db): Promise<Check[]> {
  const { waiting, seconds, isBusy } = await countWaiting(db, SYNC_QUEUE.name);
  const isStuck = waiting > 0 && !isBusy && seconds > STUCK_SECONDS;
  const { held, worker, jobId } = await getLockStatus(db);
  const workers = (await listWorkers(db)).filter(({ isAlive }) => isAlive);
  const names = workers.map(({ name }) => name).join(", ");
  return [
    {
      name: "queue",
      passed: !isStuck,
      words: isStuck
        ? `${waiting} syncs wait, the oldest for ${Math.round(seconds)} s, and nobody takes them. Start a worker`
        : `${waiting} syncs wait`,
    },
    {
      name: "lock",
      // A lock that nobody renews ends by itself within its time.
      passed: true,
      words: held ? `held by ${worker ?? "a worker"} for the sync ${jobId ?? "unknown"}` : "not held",
    },
    {
      name: "worker",
      passed: workers.length > 0,
      words: workers.length > 0 ? `alive: ${names}` : "No worker is alive, so no sync runs. Start one with: npm start",
    },
  ];
}
