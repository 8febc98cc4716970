import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Chore } from "#/platform/chores.ts";
import { instantText, nowText } from "#/platform/database-clock.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { listEnabled } from "#/sync/jobs/enabled-sources.ts";
import { enqueueJob } from "#/sync/jobs/enqueue-job.ts";
import type { Schedule } from "#/schedules/lock-schedule.ts";
import { LATE_MS } from "#/terms/missed-policy.ts";
import { nextTicks } from "#/schedules/next-ticks.ts";
import { findByRequest, keyRequest } from "#/sync/jobs/keyed-request.ts";
import { syncSchedules } from "#/schedules/schema.ts";

type Deps = Readonly<{ db: Db; queue: Pick<Queue, "send"> }>;

const DUE = and(isNull(syncSchedules.pausedAt), lte(syncSchedules.nextTickAt, sql`clock_timestamp()`));

/** Missed ticks are counted up to here. */
const COUNTED = 500;

/** Looks for ticks of all schedules. Every process does it; a tick is handled by one of them. */
export function scheduleChore(deps: Deps): Chore {
  const due = sql<boolean>`exists (select from ${syncSchedules} where ${DUE})`;
  return { name: "schedules", due, run: () => triggerDueSchedules(deps) };
}

/**
 * Queues a job for every schedule whose tick has come by the database's clock, and moves it on to its next one, in one
 * transaction. However many processes call it, a tick is handled once.
 */
export async function triggerDueSchedules({ db, queue }: Deps): Promise<void> {
  await db.transaction(async (tx) => {
    const due = await tx
      .select()
      .from(syncSchedules)
      .where(DUE)
      .orderBy(asc(syncSchedules.nextTickAt))
      .for("update", { skipLocked: true });
    for (const schedule of due) await handleTick(tx, queue, schedule);
  });
}

async function handleTick(tx: Tx, queue: Pick<Queue, "send">, schedule: Schedule): Promise<void> {
  const { name, missedPolicy, nextTickAt } = schedule;
  if (nextTickAt === null) return;
  const now = await nowText(tx);
  const planned = planTicks(schedule, nextTickAt.toISOString(), now);
  if (planned instanceof AppError) return pause(tx, schedule, planned.message);
  const { ticks, next } = planned;
  const lastTick = ticks.at(-1) ?? nextTickAt.toISOString();
  const missed = ticks.filter((tick) => Date.parse(now) - Date.parse(tick) > LATE_MS).length;
  const sources = await listEnabled(tx, schedule.sources);
  const whyNot =
    sources?.length === 0
      ? "All of its sources are disabled"
      : missedPolicy === "skip" && missed === ticks.length
        ? `${countMissed(missed)} since ${ticks[0] ?? lastTick}, and its policy is to skip them`
        : undefined;
  const jobId =
    whyNot === undefined ? await queueTick(tx, queue, { name, missedPolicy, sources }, lastTick, missed) : undefined;
  // One that has nothing to do for days says so once.
  if (whyNot !== undefined && whyNot !== schedule.lastSkipReason)
    await recordAudit(tx, asPrincipal(name), { action: "schedules.skip", target: name, reason: whyNot });
  await tx
    .update(syncSchedules)
    .set({
      nextTickAt: next === undefined ? null : instantText(next),
      lastTickAt: instantText(lastTick),
      lastMissed: missed,
      lastSkipReason: whyNot ?? null,
      ...(jobId === undefined ? {} : { lastJobId: jobId }),
    })
    .where(eq(syncSchedules.name, name));
}

/** The ticks that have come, the first of them known; and the one after now. */
function planTicks(schedule: Schedule, first: string, now: string) {
  try {
    const more = nextTicks(schedule, first, COUNTED - 1).filter((tick) => Date.parse(tick) <= Date.parse(now));
    return { ticks: [first, ...more], next: nextTicks(schedule, now, 1)[0] };
  } catch (error) {
    if (error instanceof AppError && error.code === "INVALID") return error;
    throw error;
  }
}

async function queueTick(
  tx: Tx,
  queue: Pick<Queue, "send">,
  { name, missedPolicy, sources }: Pick<Schedule, "name" | "missedPolicy"> & { sources: readonly string[] | null },
  tick: string,
  missed: number,
): Promise<string> {
  const actor = asPrincipal(name);
  const request = keyRequest(`schedule:${name}:${tick}`, { kind: "tick", name, tick });
  // A clock that was set back, or a schedule made anew, may meet a tick a second time.
  const earlier = await findByRequest(tx, actor, request);
  if (earlier !== undefined) return earlier.jobId;
  const late =
    missed === 0
      ? ""
      : `; ${countMissed(missed)}, ${missedPolicy === "skip" ? "and skipped" : "this run is for all of them"}`;
  const { jobId } = await enqueueJob(tx, queue, actor, {
    kind: "sync",
    sources: sources ?? undefined,
    request,
    note: `due at ${tick}${late}`,
  });
  return jobId;
}

/** A rule that can't be followed any more must not keep the others from ticking. */
async function pause(tx: Tx, { name }: Schedule, message: string): Promise<void> {
  const { label } = asPrincipal(name);
  await tx
    .update(syncSchedules)
    .set({ pausedAt: sql`clock_timestamp()`, pausedBy: label, pauseReason: message })
    .where(eq(syncSchedules.name, name));
  await recordAudit(tx, asPrincipal(name), { action: "schedules.pause", target: name, reason: message });
}

function countMissed(missed: number): string {
  const count = missed >= COUNTED ? `at least ${COUNTED}` : String(missed);
  return `${count} ${missed === 1 ? "tick was" : "ticks were"} missed`;
}

function asPrincipal(name: string): Principal {
  return { kind: "system", id: `schedule:${name}`, label: `schedule ${name}`, role: "operator" };
}
