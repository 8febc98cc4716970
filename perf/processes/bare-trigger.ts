/**
 * The floor for a trigger: a bare Fastify route that writes the same rows as ours in one transaction, without looking anything up.
 *
 *   node perf/processes/bare-trigger.ts DATABASE_URL
 */
import { randomUUID } from "node:crypto";
import Fastify from "fastify";
import postgres from "postgres";

// As many connections as our server has.
const sql = postgres(process.argv[2] ?? "", { max: 10, prepare: false });
const app = Fastify();

app.post("/trigger", async (_request, reply) => {
  const [jobId, entryId] = [randomUUID(), randomUUID()];
  const data = { message: "Queued by bench", status: "queued" };
  await sql.begin(async (tx) => {
    await tx`
      insert into pgboss.job (id, name, data, policy, retry_limit, expire_seconds, heartbeat_seconds)
      values (${entryId}, 'pricing-sync', ${sql.json({ jobId })}, 'singleton', 1000, 86399, 10)`;
    await tx`select pg_notify('bench_queue', 'pricing-sync')`;
    await tx`
      insert into pricing_sync_jobs (job_id, kind, input, triggered_by, triggered_at, queue_entry_id)
      values (${jobId}, 'sync', '{}', 'bench', now(), ${entryId})`;
    await tx`
      with event as (
        insert into pricing_sync_events (job_id, kind, data) values (${jobId}, 'queued', ${sql.json(data)}) returning job_id)
      select pg_notify('bench_event', job_id::text) from event`;
    await tx`
      insert into audit_log (actor_kind, actor_id, actor, action, target, after)
      values ('key', 'bench', 'bench', 'syncs.trigger', ${jobId}, '{}')`;
  });
  return reply.code(202).send({ job_id: jobId, status: "queued", poll_url: `/admin/pricing/sync/${jobId}` });
});
process.stdout.write(`ready at ${await app.listen({ host: "127.0.0.1", port: 0 })}\n`);
