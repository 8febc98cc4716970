-- Retention takes a batch at a time, so that no statement holds many rows for long: call again until the answer is 0.
DROP FUNCTION cleanup_old_pricing_jobs();
--> statement-breakpoint
-- The origin's name and its answer, a count: ended jobs of more than 90 days, with their log, attempts and events. Prices
-- and their history stay for ever; queued and running jobs are never touched.
CREATE FUNCTION cleanup_old_pricing_jobs(batch integer DEFAULT 1000) RETURNS integer LANGUAGE sql AS $$
  WITH removed AS (
    DELETE FROM pricing_sync_jobs WHERE job_id IN (
      SELECT job_id FROM pricing_sync_jobs
      WHERE status NOT IN ('queued', 'running') AND completed_at < clock_timestamp() - interval '90 days'
      LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::integer FROM removed
$$;
--> statement-breakpoint
-- Events of more than 30 days, of jobs that have ended.
CREATE FUNCTION cleanup_old_pricing_events(batch integer DEFAULT 10000) RETURNS integer LANGUAGE sql AS $$
  WITH removed AS (
    DELETE FROM pricing_sync_events WHERE id IN (
      SELECT e.id FROM pricing_sync_events e JOIN pricing_sync_jobs j USING (job_id)
      WHERE j.status NOT IN ('queued', 'running') AND e.at < clock_timestamp() - interval '30 days'
      LIMIT batch FOR UPDATE OF e SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::integer FROM removed
$$;
--> statement-breakpoint
-- Payloads of more than 30 days that no price, hold, log line, source or waiting job points to.
CREATE FUNCTION cleanup_unused_payloads(batch integer DEFAULT 100) RETURNS integer LANGUAGE sql AS $$
  WITH used AS (
    SELECT payload_digest AS digest FROM model_pricing_history WHERE payload_digest IS NOT NULL
    UNION SELECT payload_digest FROM model_pricing WHERE payload_digest IS NOT NULL
    UNION SELECT payload_digest FROM price_holds WHERE payload_digest IS NOT NULL
    UNION SELECT payload_digest FROM pricing_sync_log WHERE payload_digest IS NOT NULL
    UNION SELECT applied_digest FROM sources WHERE applied_digest IS NOT NULL
    UNION SELECT input ->> 'digest' FROM pricing_sync_jobs WHERE status IN ('queued', 'running') AND input ? 'digest'),
  removed AS (
    DELETE FROM source_payloads WHERE digest IN (
      SELECT p.digest FROM source_payloads p
      WHERE p.first_seen_at < clock_timestamp() - interval '30 days'
        AND NOT EXISTS (SELECT FROM used u WHERE u.digest = p.digest)
      LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::integer FROM removed
$$;
