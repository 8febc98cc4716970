import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moveJob, type JobMove } from "#/sync/jobs/move-job.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { JOB_STATUSES, type JobStatus } from "#/terms/job-status.ts";

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});
afterAll(() => world.close());

// Written out by hand: from each state, where a job may go.
const ALLOWED = [
  "queued > running",
  "queued > failed",
  "queued > cancelled",
  "running > queued",
  "running > success",
  "running > partial",
  "running > failed",
  "running > cancelled",
];

function moveTo(from: JobStatus, to: JobStatus): JobMove {
  const common = { from: [from], message: `to ${to}` };
  if (to === "running") return { ...common, to, worker: "w/1", fence: 7n };
  if (to === "queued")
    return { ...common, to, outcome: "drained", waitMs: 0, queueEntryId: "00000000-0000-4000-8000-000000000000" };
  return { ...common, to, errorMessage: null };
}

/** A job in a state, with an attempt under way unless it waits for its first one. */
async function plantJob(status: JobStatus): Promise<string> {
  const attempt = status === "queued" ? 0 : 1;
  const [row] = await world.db.execute<{ id: string }>(sql`
    insert into pricing_sync_jobs (triggered_by, status, attempt, fence)
    values (${ACTOR.label}, ${status}, ${attempt}, 6) returning job_id as id`);
  const jobId = row?.id ?? "";
  if (attempt > 0)
    await world.db.execute(sql`
      insert into pricing_sync_attempts (job_id, attempt, worker, fence) values (${jobId}::text::uuid, 1, 'w/0', 6)`);
  return jobId;
}

async function stateOf(jobId: string) {
  const [row] = await world.db.execute<{ status: string; attempts: string[]; events: string[] }>(sql`
    select status,
      array(select attempt || ' ' || coalesce(outcome, 'runs') from pricing_sync_attempts a
        where a.job_id = j.job_id order by attempt) as attempts,
      array(select kind || ' ' || (data->>'message') from pricing_sync_events e where e.job_id = j.job_id order by id)
        as events
    from pricing_sync_jobs j where job_id = ${jobId}::text::uuid`);
  return row;
}

test("a job moves as the table says, and every other move is refused before anything is written", async () => {
  const moved: string[] = [];
  for (const from of JOB_STATUSES) {
    for (const to of JOB_STATUSES) {
      const jobId = await plantJob(from);
      const before = await stateOf(jobId);
      const done = await world.db.transaction((tx) => moveJob(tx, jobId, moveTo(from, to))).catch(() => undefined);
      const after = await stateOf(jobId);
      if (done === undefined) expect(after).toEqual(before);
      else moved.push(`${from} > ${to}`);
    }
  }
  expect(moved.toSorted((a, b) => a.localeCompare(b))).toEqual(ALLOWED.toSorted((a, b) => a.localeCompare(b)));
});

test("every move writes the job's row, its attempt and its event", async () => {
  const move = async (jobId: string, from: JobStatus, to: JobStatus) =>
    world.db.transaction((tx) => moveJob(tx, jobId, moveTo(from, to)));
  const jobId = await plantJob("queued");
  await move(jobId, "queued", "running");
  await move(jobId, "running", "queued");
  await move(jobId, "queued", "running");
  await move(jobId, "running", "partial");
  expect(await stateOf(jobId)).toEqual({
    status: "partial",
    attempts: ["1 drained", "2 partial"],
    events: ["started to running", "requeued to queued", "started to running", "ended to partial"],
  });
});

test("whoever was superseded moves nothing", async () => {
  const jobId = await plantJob("running");
  const end = { from: ["running"], to: "success", errorMessage: null, message: "late" } as const;
  const late = [{ ...end, fence: 5n }, { ...end, attempt: 2 }, { ...end, from: ["queued"], to: "failed" } as const];
  for (const move of late) expect(await world.db.transaction((tx) => moveJob(tx, jobId, move))).toBeUndefined();
  expect(await stateOf(jobId)).toEqual({ status: "running", attempts: ["1 runs"], events: [] });
});
