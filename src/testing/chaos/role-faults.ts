import { z } from "zod";
import type { Fault } from "#/testing/chaos/fault.ts";
import { CHAOS_KEY, type Server, type World } from "#/testing/chaos/world.ts";
import { HEADERS, triggerOverHttp } from "#/testing/chaos/http-client.ts";
import { findHolder } from "#/testing/chaos/takeover.ts";
import { eventually } from "#/testing/eventually.ts";
import { runProgram } from "#/testing/run-program.ts";

/** Longer than the fault takes: the worker that asked first has to be stopped before it is answered. */
const UNANSWERED_MS = 600_000;
/** Two workers on one machine can't share the port that each container has for itself. */
const ANY_PORT = { METRICS_PORT: "0" };

/**
 * The smallest deployment, as compose.yaml has it: a process that serves, one that works and one that waits. A sync is
 * triggered through the first, its worker is asked to stop in the middle of it, and the one that waits ends it.
 */
export const stoppedWithinRun: Fault = {
  name: "roles: stopped within a sync",
  async run({ length }, world) {
    const rounds = length === "long" ? 10 : 1;
    const failures: string[] = [];
    const web = await world.startServer("web");
    await Promise.all([world.startServer("worker", ANY_PORT), world.startServer("worker", ANY_PORT)]);
    for (let round = 0; round < rounds; round += 1) {
      failures.push(...(await stopHolder(world, web, `roles-${round}`)));
      await world.startServer("worker", ANY_PORT);
    }
    failures.push(...(await verifyThrough(web)));
    const code = await world.stopServer(web, "SIGTERM");
    if (code !== 0) failures.push(`the process that serves left with code ${code}: ${web.process.output()}`);
    return { rounds, failures };
  },
};

/** Answers in words what went wrong. */
async function stopHolder(world: World, web: Server, requestId: string): Promise<string[]> {
  world.source.moveOn();
  world.source.setDelayMs(UNANSWERED_MS);
  const asked = world.source.requests();
  const { jobId } = await triggerOverHttp(web.url, { requestId });
  world.accepted.push(jobId);
  const { server, jobId: held } = await findHolder(world);
  await eventually("a source is asked", async () => world.source.requests() > asked);
  world.source.setDelayMs(0);
  const stopped = `${server.process.child.pid}`;
  const code = await world.stopServer(server, "SIGTERM");
  await world.allEnded();
  const failures: string[] = [];
  if (held !== jobId) failures.push(`the sync ${held} ran instead of ${jobId}`);
  if (code !== 0) failures.push(`the worker left with code ${code}: ${server.process.output()}`);
  const attempts = await listAttempts(world, jobId);
  const wanted = `drained by ${stopped}, success by another`;
  const found = attempts.map(({ outcome, pid }) => `${outcome} by ${pid === stopped ? pid : "another"}`).join(", ");
  if (found !== wanted) failures.push(`the attempts were "${found}" instead of "${wanted}"`);
  await eventually("the process that serves tells of the success", () => tellsSuccess(web, jobId)).catch(
    (error: unknown) => failures.push(String(error)),
  );
  return failures;
}

async function listAttempts({ sql }: World, jobId: string): Promise<{ outcome: string; pid: string | undefined }[]> {
  const rows = await sql<{ outcome: string; worker: string }[]>`
    select outcome, worker from pricing_sync_attempts where job_id = ${jobId}::uuid order by attempt`;
  return rows.map(({ outcome, worker }) => ({ outcome, pid: worker.split("/").at(-1) }));
}

async function tellsSuccess({ url }: Server, jobId: string): Promise<boolean> {
  const answer = await fetch(`${url}/admin/pricing/sync/${jobId}`, { headers: HEADERS });
  return z.object({ status: z.string() }).parse(await answer.json()).status === "success";
}

async function verifyThrough({ url }: Server): Promise<string[]> {
  const env = { RATEBOOK_URL: url, RATEBOOK_API_KEY: CHAOS_KEY };
  const { code, text } = await runProgram("src/cli/main.ts", ["rates", "verify"], env);
  return code === 0 ? [] : [`ratebook rates verify ended with ${code}: ${text}`];
}
