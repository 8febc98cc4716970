import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { exportPrices, EXPORT_FORMATS } from "#/api/export-prices.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { NEEDED_ROLE } from "#/access/policy.ts";
import { hasRole, type Principal } from "#/access/principal.ts";
import { AppError } from "#/platform/errors.ts";
import { triggerBackfill } from "#/sync/trigger-backfill.ts";

const MOST_BYTES = 64 * 1024 * 1024;

const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });
const backfillParams = z.object({ source: z.string().min(1).max(100) });
const backfillQuery = z.object({ at: instant, dry_run: z.enum(["true", "false"]).optional() });
const exportParams = z.object({ format: z.enum(EXPORT_FORMATS) });
const exportQuery = z.object({ at: instant.optional() });

/** Every REST route with the name it has in the role table. */
export const REST_ROUTES = [
  { method: "POST", url: "/v1/sources/:source/backfill", name: "sources.backfill" },
  { method: "GET", url: "/v1/export/:format", name: "prices.export" },
] as const;

/** The doors for programs that are no tRPC clients. Who is asking was found out by the gate. */
export async function installRest(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(async (scope) => {
    // The payload is kept as it came: whatever its type, it is text to us.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string", bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    scope.post("/v1/sources/:source/backfill", { bodyLimit: MOST_BYTES }, async (request, reply) => {
      const principal = allow(request, "sources.backfill");
      const { source } = read(backfillParams, request.params);
      const { at, dry_run: dryRun } = read(backfillQuery, request.query);
      if (typeof request.body !== "string" || request.body === "")
        throw new AppError("INVALID", "The body must be the archived payload as it came from the source");
      const job = await triggerBackfill(deps, principal, { source, at, text: request.body, dryRun: dryRun === "true" });
      const poll = `/admin/pricing/sync/${job.jobId}`;
      return reply.code(202).send({ job_id: job.jobId, status: "queued", poll_url: poll, digest: job.digest });
    });
  });

  app.get("/v1/export/:format", async (request, reply) => {
    allow(request, "prices.export");
    const { format } = read(exportParams, request.params);
    const { at } = read(exportQuery, request.query);
    const { text, type, omitted, at: as } = await exportPrices(deps.db, { format, at });
    return reply
      .type(type)
      .header("x-ratebook-as-of", as)
      .header("x-ratebook-omitted-charges", String(omitted))
      .send(text);
  });
}

function allow(request: FastifyRequest, name: string): Principal {
  const { principal } = request;
  const needed = NEEDED_ROLE[name];
  if (principal === undefined) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key");
  if (needed === undefined || !hasRole(principal.role, needed))
    throw new AppError("FORBIDDEN", `This needs the role "${needed ?? "nobody"}"; yours is "${principal.role}"`);
  return principal;
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new AppError("INVALID", problems.join("; "));
}
