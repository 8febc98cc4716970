import type { Logger } from "pino";
import { startChores, type Chores } from "#/platform/chores.ts";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { triggerDueSchedules } from "#/schedules/trigger-due-schedules.ts";

type Deps = Readonly<{ db: Db; clock: Clock; queue: Pick<Queue, "send">; log: Logger }>;

/** Triggers what is due, every second, until stopped. Every process does it; a tick is handled by one of them. */
export function startScheduler(deps: Deps): Chores {
  return startChores(deps, [{ name: "schedules", everyMs: 1_000, run: () => triggerDueSchedules(deps) }]);
}
