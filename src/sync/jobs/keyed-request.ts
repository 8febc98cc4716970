import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";
import type { JobInput } from "#/terms/job-input.ts";

/** A request's idempotency key, and a digest of what was asked under it. */
export type KeyedRequest = Readonly<{ requestId: string; requestDigest: string }>;

/** What was asked, as it was asked. What is undefined or false counts as not said; the order of a list does not count. */
type Asked = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Answers undefined for a request without a key. */
export function keyRequest(requestId: string | undefined, asked: Asked): KeyedRequest | undefined {
  if (requestId === undefined) return undefined;
  const said = Object.keys(asked)
    .toSorted(inOrder)
    .map((name) => [name, asked[name]] as const)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => [name, typeof value === "object" ? [...new Set(value)].toSorted(inOrder) : value]);
  return { requestId, requestDigest: createHash("sha256").update(JSON.stringify(said)).digest("hex") };
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * The job that this caller has queued with this key. Throws `CONFLICT` when something else was asked under it. Only under
 * `lockTriggers` is the answer still true when the caller acts on it.
 */
export async function findByRequest(
  db: Db,
  actor: Principal,
  request: KeyedRequest | undefined,
): Promise<{ jobId: string; input: JobInput } | undefined> {
  if (request === undefined) return undefined;
  const { requestId, requestDigest } = request;
  const [job] = await db
    .select({ jobId: pricingSyncJobs.jobId, input: pricingSyncJobs.input, digest: pricingSyncJobs.requestDigest })
    .from(pricingSyncJobs)
    .where(and(eq(pricingSyncJobs.triggeredBy, actor.label), eq(pricingSyncJobs.requestId, requestId)));
  // A job from before digests were kept is taken at its key's word.
  if (job !== undefined && job.digest !== null && job.digest !== requestDigest) {
    const message = `The idempotency key "${requestId}" was used for another request, which is sync ${job.jobId}. Send a new key with a new request`;
    throw new AppError("CONFLICT", message);
  }
  if (job !== undefined) actor.jobIds?.push(job.jobId);
  return job;
}
