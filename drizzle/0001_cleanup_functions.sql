-- The origin's name and its answer, a count. An expired lock is released, never deleted, and gets a new fence, so that
-- whoever held it can't write any more.
CREATE FUNCTION cleanup_expired_pricing_locks() RETURNS integer LANGUAGE sql AS $$
  WITH released AS (
    UPDATE pricing_sync_lock
    SET locked_by = NULL, worker = NULL, job_id = NULL, fence = nextval('pricing_sync_fence')
    WHERE locked_by IS NOT NULL AND expires_at <= clock_timestamp()
    RETURNING 1)
  SELECT count(*)::integer FROM released
$$;
--> statement-breakpoint
-- Ended jobs of more than 90 days with their log and events, and events of more than 30 days of ended jobs. Prices and
-- their history stay for ever; queued and running jobs are never touched. Answers the number of jobs.
CREATE FUNCTION cleanup_old_pricing_jobs() RETURNS integer LANGUAGE sql AS $$
  WITH old_events AS (
    DELETE FROM pricing_sync_events e USING pricing_sync_jobs j
    WHERE e.job_id = j.job_id AND j.status NOT IN ('queued', 'running') AND e.at < clock_timestamp() - interval '30 days'),
  old_jobs AS (
    DELETE FROM pricing_sync_jobs
    WHERE status NOT IN ('queued', 'running') AND completed_at < clock_timestamp() - interval '90 days'
    RETURNING 1)
  SELECT count(*)::integer FROM old_jobs
$$;
