import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { auditRows, type Change } from "#/access/record-audit.ts";
import type { Tx } from "#/platform/database.ts";
import type { Queue } from "#/platform/queue.ts";
import { carryTrace, inSpan } from "#/platform/span.ts";
import { appendFirstEvent } from "#/sync/events/append-event.ts";
import type { KeyedRequest } from "#/sync/jobs/keyed-request.ts";
import type { JobInput } from "#/terms/job-input.ts";
import type { JobKind } from "#/terms/job-kind.ts";
import { pricingSyncJobs } from "#/sync/schema.ts";

type NewJob = Readonly<{
  kind: JobKind;
  input?: JobInput;
  sources?: readonly string[] | undefined;
  request?: KeyedRequest | undefined;
  /** The job that this one tries again. */
  retryOf?: string | undefined;
  /** Said after who queued it. */
  note?: string | undefined;
  /** What the audit log says of it; absent: nothing. */
  audit?: ((jobId: string) => Change) | undefined;
}>;

export type QueuedJob = Readonly<{
  jobId: string;
  /** ISO 8601, UTC. */
  triggeredAt: string;
}>;

// Any number that nothing else in the database locks.
const TRIGGERS_LOCK = 7_283_002;

/** Until this transaction has ended, nobody else decides by what is queued already whether to queue anything. */
export async function lockTriggers(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${TRIGGERS_LOCK})`);
}

/** Writes a job, its queue entry and what the audit log says together, so that none exists without the others. Call it last in a transaction. */
export function enqueueJob(tx: Tx, queue: Pick<Queue, "send">, actor: Principal, job: NewJob): Promise<QueuedJob> {
  const jobId = randomUUID();
  const { kind } = job;
  const attributes = { "ratebook.job.id": jobId, "ratebook.job.kind": kind };
  return inSpan("sync enqueue", attributes, () => enqueue(tx, queue, actor, { ...job, jobId }));
}

async function enqueue(
  tx: Tx,
  queue: Pick<Queue, "send">,
  actor: Principal,
  { jobId, kind, input = {}, sources, request, retryOf, note, audit }: NewJob & Readonly<{ jobId: string }>,
): Promise<QueuedJob> {
  const { requestId } = actor;
  const queueEntryId = await queue.send(tx, { jobId });
  const row = tx.insert(pricingSyncJobs).values({
    jobId,
    kind,
    input: { ...input, ...(requestId === undefined ? {} : { requestId }), trace: carryTrace() },
    triggeredBy: actor.label,
    // The transaction's start, as in the queue's own entry, so that the list shows the order they will run in.
    triggeredAt: sql`now()`,
    sources: sources === undefined ? null : [...sources],
    requestId: request?.requestId ?? null,
    requestDigest: request?.requestDigest ?? null,
    retryOf: retryOf ?? null,
    queueEntryId,
  });
  const message = `Queued by ${actor.label}${note === undefined ? "" : `, ${note}`}`;
  const written = row.returning({ jobId: pricingSyncJobs.jobId }).getSQL();
  const event = { kind: "queued", data: { message, status: "queued" } } as const;
  const audited = audit === undefined ? undefined : auditRows(actor, [audit(jobId)]);
  const triggeredAt = await appendFirstEvent(tx, written, event, audited);
  actor.jobIds?.push(jobId);
  return { jobId, triggeredAt };
}
