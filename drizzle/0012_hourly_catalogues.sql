-- For a book that has sources already; a new one is seeded when the server starts. A migration runs once, so a source that
-- is taken away later stays away.
WITH added AS (
  INSERT INTO sources (name, kind, url, trust)
  SELECT 'genai-prices', 'genai-prices',
    'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json',
    greatest(40, max(trust) + 10)
  FROM sources HAVING count(*) > 0
  ON CONFLICT (name) DO NOTHING
  RETURNING name, kind, url)
INSERT INTO audit_log (actor_kind, actor_id, actor, action, target, reason, after)
SELECT 'system', 'seed', 'ratebook', 'sources.add', name, 'It is a default source from this version on',
  jsonb_build_object('kind', kind, 'url', url)
FROM added;
--> statement-breakpoint
-- Only the default schedule that nobody has changed.
WITH moved AS (
  UPDATE sync_schedules SET name = 'every-hour', rule = '0 * * * *', updated_at = clock_timestamp(),
    next_tick_at = date_trunc('hour', clock_timestamp(), 'UTC') + interval '1 hour'
  WHERE name = 'every-6-hours' AND rule = '0 */6 * * *' AND time_zone = 'UTC' AND sources IS NULL
    AND missed_policy = 'run_once' AND paused_at IS NULL AND created_by = 'ratebook' AND updated_by = 'ratebook'
    AND NOT EXISTS (SELECT FROM sync_schedules WHERE name = 'every-hour')
  RETURNING name, rule)
INSERT INTO audit_log (actor_kind, actor_id, actor, action, target, reason, before, after)
SELECT 'system', 'seed', 'ratebook', 'schedules.update', name, 'The default schedule reads every hour from this version on',
  jsonb_build_object('name', 'every-6-hours', 'rule', '0 */6 * * *'), jsonb_build_object('name', name, 'rule', rule)
FROM moved;
