import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { idempotencyHeaders } from "#/api/idempotency-headers.ts";
import type { Principal } from "#/access/principal.ts";
import { asOriginSummary, asOriginSync, originSummary, originSync } from "#/api/origin-sync.ts";
import { actorOf, problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { AppError } from "#/platform/errors.ts";
import { listSources } from "#/sources/list-sources.ts";
import { getSummary, getSync, listActiveSyncs } from "#/sync/jobs/list-syncs.ts";
import { listSchedules } from "#/schedules/list-schedules.ts";
import { triggerSync, type TriggerSyncResult } from "#/sync/jobs/trigger-sync.ts";

const name = z.string().min(1).max(100);

const triggerBody = z.object({
  sources: z.array(name).min(1).max(100).optional().meta({ description: "None: every source that is enabled" }),
  dry_run: z.boolean().optional().meta({ description: "Only says what would change" }),
  if_busy: z.enum(["queue", "reject"]).optional().meta({ description: "`reject`: 429 while a sync is under way" }),
});

const triggered = z.object({
  job_id: z.string(),
  status: originSync.shape.status,
  poll_url: z.string(),
  triggered_by: z.string(),
  triggered_at: z.string(),
  message: z.string(),
});

const schedulerStatus = z.object({
  enabled: z.boolean().meta({ description: "Whether any schedule is not paused" }),
  running: z.boolean(),
  next_run_at: z.string().nullable(),
  sources: z.record(
    z.string(),
    z.object({
      last_success_at: z.string().nullable(),
      seconds_ago: z.int().nullable(),
      last_outcome: z.string().nullable(),
    }),
  ),
});

/** What the origin's users already type, as it stands. */
export function installOriginRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const routes = useZod(app);
  installTrigger(routes, deps);
  installSyncs(routes, deps);
  installStatus(routes, deps);
}

type Routes = ReturnType<typeof useZod>;

function useZod(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}

const tags = ["syncs"];

function installTrigger(routes: Routes, deps: ApiDeps): void {
  routes.post("/admin/pricing/scheduler/trigger", {
    config: { action: "syncs.trigger" },
    schema: {
      tags,
      summary: "Queue a sync",
      description: "Answers at once. Syncs run one at a time, in their order.",
      headers: idempotencyHeaders,
      body: triggerBody,
      response: { 202: triggered, ...problems(401, 403, 409, 422, 429) },
    },
    handler: async (request, reply) => {
      const { sources, dry_run: dryRun, if_busy: ifBusy } = request.body;
      const requestId = request.headers["idempotency-key"];
      const actor = actorOf(request);
      const job = await triggerSync(deps, actor, { sources, dryRun, ifBusy, requestId });
      return reply.code(202).send({
        job_id: job.jobId,
        poll_url: `/admin/pricing/sync/${job.jobId}`,
        ...(await describeTriggered(deps, actor, job)),
      });
    },
  });
}

/** What has just been queued is known without a look at it. */
async function describeTriggered({ db }: ApiDeps, { label }: Principal, job: TriggerSyncResult) {
  if (job.outcome === "queued")
    return {
      status: "queued",
      triggered_by: label,
      triggered_at: job.triggeredAt,
      message: "Queued. Poll poll_url until status is success or failed",
    } as const;
  const { status, triggered_by, triggered_at } = asOriginSummary(await getSummary(db, job.jobId));
  return { status, triggered_by, triggered_at, message: "Already queued with this key" };
}

function installSyncs(routes: Routes, deps: ApiDeps): void {
  routes.get("/admin/pricing/sync/:job_id", {
    config: { action: "syncs.get" },
    schema: {
      tags,
      summary: "One sync's state",
      params: z.object({ job_id: name }),
      response: { 200: originSync, ...problems(401, 403, 404) },
    },
    handler: async ({ params: { job_id: jobId } }) => {
      if (!z.uuid().safeParse(jobId).success) throw new AppError("NOT_FOUND", `There is no sync ${jobId}`);
      return asOriginSync(await getSync(deps.db, jobId));
    },
  });

  routes.get("/admin/pricing/syncs/active", {
    config: { action: "syncs.active" },
    schema: {
      tags,
      summary: "What runs and what waits",
      response: { 200: z.object({ active_syncs: z.array(originSummary), count: z.int() }), ...problems(401, 403) },
    },
    handler: async () => {
      const { running, queued } = await listActiveSyncs(deps.db);
      const active = [...running, ...queued].map((sync) => asOriginSummary(sync));
      return { active_syncs: active, count: active.length };
    },
  });
}

function installStatus(routes: Routes, deps: ApiDeps): void {
  routes.get("/admin/pricing/scheduler/status", {
    config: { action: "schedules.list" },
    schema: {
      tags,
      summary: "When the next sync is due, and how old each source is",
      response: { 200: schedulerStatus, ...problems(401, 403) },
    },
    handler: async () => {
      const [schedules, { running }, sources] = await Promise.all([
        listSchedules(deps.db),
        listActiveSyncs(deps.db),
        listSources(deps.db),
      ]);
      return {
        enabled: schedules.some(({ paused }) => paused === null),
        running: running.length > 0,
        next_run_at: schedules.flatMap(({ next }) => next.slice(0, 1)).toSorted()[0] ?? null,
        sources: Object.fromEntries(
          sources.map(({ name: source, lastSuccessAt, ageSeconds, lastOutcome }) => [
            source,
            {
              last_success_at: lastSuccessAt,
              seconds_ago: ageSeconds === null ? null : Math.round(ageSeconds),
              last_outcome: lastOutcome,
            },
          ]),
        ),
      };
    },
  });
}
