/**
 * Looks for entries of the two queues with the settings that a server of ours has, and does nothing else.
 *
 *   node perf/processes/idle-queues.ts DATABASE_URL
 */
import { DELIVERY_QUEUE } from "#/alerts/delivery-queue.ts";
import { createLog } from "#/platform/log.ts";
import { openQueues } from "#/platform/queue.ts";
import { SYNC_QUEUE } from "#/sync/jobs/sync-queue.ts";

const [, , url = ""] = process.argv;
const queues = await openQueues({ url, log: createLog("warn") });
for (const options of [SYNC_QUEUE, DELIVERY_QUEUE]) await (await queues.open(options)).work(() => Promise.resolve());
process.stdout.write("the queues are worked\n");
