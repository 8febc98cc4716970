import type { Readable } from "node:stream";
import { errorCodes, type FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { idempotencyHeaders } from "#/api/idempotency-headers.ts";
import { actorOf, problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { AppError } from "#/platform/errors.ts";
import { packBytes, type PackedPayload } from "#/sources/store-payload.ts";
import { triggerBackfill } from "#/sync/jobs/trigger-backfill.ts";

const MOST_BYTES = 64 * 1024 * 1024;

const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });
const name = z.string().min(1).max(100);
const NO_PAYLOAD = "must be the archived payload as it came from the source";
/** What the parser below makes of a body. */
const packed = z
  .custom<PackedPayload>(
    (body) => typeof body === "object" && body !== null && "bytes" in body && body.bytes !== 0,
    NO_PAYLOAD,
  )
  .meta({ type: "string", format: "binary" });
const accepted = z.object({
  job_id: z.string(),
  status: z.literal("queued"),
  poll_url: z.string(),
  digest: z.string().meta({ description: "SHA-256 of the bytes that were sent" }),
});

/** An archived payload, kept byte for byte as it came, whatever its type says. */
export async function installArchiveRoute(scope: FastifyInstance, deps: ApiDeps): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", async ({ headers }: { headers: Record<string, unknown> }, body: Readable) => {
    if (Number(headers["content-length"]) > MOST_BYTES) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    return packBytes(readAtMost(body, MOST_BYTES));
  });
  scope.withTypeProvider<ZodTypeProvider>().post("/v1/sources/:source/backfill", {
    config: { action: "sources.backfill" },
    schema: {
      tags: ["sources"],
      summary: "Feed an archived payload through the pipeline, as observed at an instant",
      params: z.object({ source: name }),
      querystring: z.object({ at: instant, dry_run: z.enum(["true", "false"]).optional() }),
      headers: idempotencyHeaders,
      body: packed,
      response: { 202: accepted, ...problems(401, 403, 409, 422) },
    },
    handler: async (request, reply) => {
      const { at, dry_run: dryRun } = request.query;
      const { source } = request.params;
      const job = await triggerBackfill(deps, actorOf(request), {
        source,
        at,
        payload: request.body,
        dryRun: dryRun === "true",
        requestId: request.headers["idempotency-key"],
      });
      const poll = `/admin/pricing/sync/${job.jobId}`;
      return reply.code(202).send({ job_id: job.jobId, status: "queued", poll_url: poll, digest: job.digest });
    },
  });
}

/** The stream stays open when it is left early, so that its sender can still be told why. */
async function* readAtMost(stream: Readable, mostBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  const chunks: AsyncIterator<Buffer> = stream.iterator({ destroyOnReturn: false });
  for (;;) {
    const { done, value } = await chunks.next().catch((cause: unknown) => {
      throw new AppError("INVALID", "The payload was cut off before its end", { cause });
    });
    if (done === true) return;
    bytes += value.length;
    if (bytes > mostBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    yield value;
  }
}
