import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { actorOf, problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { triggerBackfill } from "#/sync/jobs/trigger-backfill.ts";

const MOST_BYTES = 64 * 1024 * 1024;

const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });
const name = z.string().min(1).max(100);
const NO_PAYLOAD = "must be the archived payload as it came from the source";
const accepted = z.object({
  job_id: z.string(),
  status: z.literal("queued"),
  poll_url: z.string(),
  digest: z.string().meta({ description: "SHA-256 of the payload" }),
});

/** An archived payload, kept as it came: whatever its type, it is text to us. */
export async function installArchiveRoute(scope: FastifyInstance, deps: ApiDeps): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "string", bodyLimit: MOST_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  scope.withTypeProvider<ZodTypeProvider>().post("/v1/sources/:source/backfill", {
    bodyLimit: MOST_BYTES,
    config: { action: "sources.backfill" },
    schema: {
      tags: ["sources"],
      summary: "Feed an archived payload through the pipeline, as observed at an instant",
      params: z.object({ source: name }),
      querystring: z.object({ at: instant, dry_run: z.enum(["true", "false"]).optional() }),
      body: z.string(NO_PAYLOAD).min(1, NO_PAYLOAD),
      response: { 202: accepted, ...problems(401, 403, 422) },
    },
    handler: async (request, reply) => {
      const { at, dry_run: dryRun } = request.query;
      const { source } = request.params;
      const job = await triggerBackfill(deps, actorOf(request), {
        source,
        at,
        text: request.body,
        dryRun: dryRun === "true",
      });
      const poll = `/admin/pricing/sync/${job.jobId}`;
      return reply.code(202).send({ job_id: job.jobId, status: "queued", poll_url: poll, digest: job.digest });
    },
  });
}
