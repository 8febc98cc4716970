-- What all migrations together come to. Written by npm run schema.

CREATE TABLE alert_signals (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  job_id uuid,
  data jsonb NOT NULL,
  CONSTRAINT alert_signals_pkey PRIMARY KEY (id)
);

CREATE TABLE alerts (
  event text NOT NULL,
  subject text NOT NULL,
  opened_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  job_id uuid,
  detail text NOT NULL,
  CONSTRAINT alerts_event_subject_pk PRIMARY KEY (event, subject)
);

CREATE TABLE api_keys (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  hash text NOT NULL,
  start text NOT NULL,
  role text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by text,
  CONSTRAINT api_keys_hash_unique UNIQUE (hash),
  CONSTRAINT api_keys_name_unique UNIQUE (name),
  CONSTRAINT api_keys_pkey PRIMARY KEY (id)
);

CREATE TABLE audit_log (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  reason text,
  before jsonb,
  after jsonb,
  address text,
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);

CREATE TABLE auth_account (
  id text NOT NULL,
  user_id text NOT NULL,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  password text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT auth_account_pkey PRIMARY KEY (id),
  CONSTRAINT auth_account_user_id_auth_user_id_fk FOREIGN KEY (user_id) REFERENCES auth_user(id) ON DELETE CASCADE
);

CREATE TABLE auth_invite (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email text NOT NULL,
  hash text NOT NULL,
  role text NOT NULL,
  invited_by text NOT NULL,
  invited_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  accepted_at timestamp with time zone,
  CONSTRAINT auth_invite_hash_unique UNIQUE (hash),
  CONSTRAINT auth_invite_pkey PRIMARY KEY (id)
);

CREATE TABLE auth_session (
  id text NOT NULL,
  user_id text NOT NULL,
  token text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT auth_session_pkey PRIMARY KEY (id),
  CONSTRAINT auth_session_token_unique UNIQUE (token),
  CONSTRAINT auth_session_user_id_auth_user_id_fk FOREIGN KEY (user_id) REFERENCES auth_user(id) ON DELETE CASCADE
);

CREATE TABLE auth_user (
  id text NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  role text NOT NULL DEFAULT 'viewer'::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT auth_user_email_unique UNIQUE (email),
  CONSTRAINT auth_user_pkey PRIMARY KEY (id)
);

CREATE TABLE auth_verification (
  id text NOT NULL,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT auth_verification_pkey PRIMARY KEY (id)
);

CREATE TABLE book_versions (
  version bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  cause text NOT NULL,
  job_id uuid,
  actor text,
  reason text,
  fence bigint,
  changed integer NOT NULL DEFAULT 0,
  first integer NOT NULL DEFAULT 0,
  gone integer NOT NULL DEFAULT 0,
  CONSTRAINT book_versions_pkey PRIMARY KEY (version)
);

CREATE TABLE listing_facts (
  source text NOT NULL,
  listing text NOT NULL,
  facts jsonb NOT NULL,
  sunset_on text GENERATED ALWAYS AS ((facts ->> 'sunsetOn'::text)) STORED,
  observed_at timestamp with time zone NOT NULL,
  revision bigint NOT NULL,
  CONSTRAINT listing_facts_source_listing_pk PRIMARY KEY (source, listing)
);

CREATE TABLE model_pricing (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  source text NOT NULL,
  seller text NOT NULL,
  model text NOT NULL,
  variant text NOT NULL,
  listing text NOT NULL,
  state text NOT NULL,
  charges jsonb NOT NULL,
  fingerprint text NOT NULL,
  effective_at timestamp with time zone NOT NULL,
  observed_at timestamp with time zone NOT NULL,
  job_id uuid,
  payload_digest text,
  missed_payloads integer NOT NULL DEFAULT 0,
  missing_since timestamp with time zone,
  delisted_at timestamp with time zone,
  input_usd_per_token numeric GENERATED ALWAYS AS (((jsonb_path_query_first(charges, '$[*]?(((@."meter" == "input" && @."unit" == "token") && !(exists (@."tier"))) && !(exists (@."window")))."amount"'::jsonpath) #>> '{}'::text[]))::numeric) STORED,
  output_usd_per_token numeric GENERATED ALWAYS AS (((jsonb_path_query_first(charges, '$[*]?(((@."meter" == "output" && @."unit" == "token") && !(exists (@."tier"))) && !(exists (@."window")))."amount"'::jsonpath) #>> '{}'::text[]))::numeric) STORED,
  cache_read_usd_per_token numeric GENERATED ALWAYS AS (((jsonb_path_query_first(charges, '$[*]?(((@."meter" == "cache_read" && @."unit" == "token") && !(exists (@."tier"))) && !(exists (@."window")))."amount"'::jsonpath) #>> '{}'::text[]))::numeric) STORED,
  discount jsonb,
  history_id bigint,
  stale_since timestamp with time zone,
  stale_payloads integer NOT NULL DEFAULT 0,
  listed_as text NOT NULL,
  derived_from text,
  CONSTRAINT model_pricing_offer UNIQUE (source, seller, model, variant, listing),
  CONSTRAINT model_pricing_pkey PRIMARY KEY (id)
);

CREATE TABLE model_pricing_history (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  source text NOT NULL,
  seller text NOT NULL,
  model text NOT NULL,
  variant text NOT NULL,
  state text NOT NULL,
  charges jsonb NOT NULL,
  fingerprint text NOT NULL,
  previous_state text,
  previous_charges jsonb,
  effective_at timestamp with time zone NOT NULL,
  observed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  cause text NOT NULL,
  job_id uuid,
  payload_digest text,
  fence bigint,
  discount jsonb,
  announced boolean NOT NULL DEFAULT false,
  withdrawn_at timestamp with time zone,
  actor text,
  reason text,
  listing text NOT NULL,
  listed_as text NOT NULL,
  derived_from text,
  CONSTRAINT model_pricing_history_pkey PRIMARY KEY (id)
);

CREATE TABLE model_usage (
  seller text NOT NULL,
  model text NOT NULL,
  variant text NOT NULL,
  meter text NOT NULL,
  units_per_month numeric NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  updated_by text NOT NULL,
  CONSTRAINT model_usage_model_seller_variant_meter_pk PRIMARY KEY (model, seller, variant, meter)
);

CREATE TABLE price_holds (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  source text NOT NULL,
  seller text NOT NULL,
  model text NOT NULL,
  variant text NOT NULL,
  listing text NOT NULL,
  state text NOT NULL DEFAULT 'open'::text,
  reasons text[] NOT NULL,
  findings jsonb NOT NULL,
  evidence jsonb NOT NULL,
  old_state text,
  old_charges jsonb,
  old_fingerprint text,
  new_state text NOT NULL,
  new_charges jsonb NOT NULL,
  new_discount jsonb,
  new_fingerprint text NOT NULL,
  effective_at timestamp with time zone,
  observed_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  job_id uuid NOT NULL,
  payload_digest text,
  fence bigint,
  decided_at timestamp with time zone,
  decided_by text,
  decision text,
  listed_as text NOT NULL,
  CONSTRAINT price_holds_pkey PRIMARY KEY (id)
);

CREATE TABLE price_pins (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  seller text NOT NULL,
  model text NOT NULL,
  variant text NOT NULL,
  meter text,
  state text NOT NULL,
  charges jsonb NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  set_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  cleared_at timestamp with time zone,
  cleared_by text,
  clear_reason text,
  CONSTRAINT price_pins_pkey PRIMARY KEY (id)
);

CREATE TABLE pricing_sync_attempts (
  job_id uuid NOT NULL,
  attempt integer NOT NULL,
  worker text NOT NULL,
  fence bigint NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  outcome text,
  message text,
  CONSTRAINT pricing_sync_attempts_job_id_attempt_pk PRIMARY KEY (job_id, attempt),
  CONSTRAINT pricing_sync_attempts_job_id_pricing_sync_jobs_job_id_fk FOREIGN KEY (job_id) REFERENCES pricing_sync_jobs(job_id) ON DELETE CASCADE
);

CREATE TABLE pricing_sync_events (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  job_id uuid NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  data jsonb NOT NULL,
  fence bigint,
  CONSTRAINT pricing_sync_events_job_id_pricing_sync_jobs_job_id_fk FOREIGN KEY (job_id) REFERENCES pricing_sync_jobs(job_id) ON DELETE CASCADE,
  CONSTRAINT pricing_sync_events_pkey PRIMARY KEY (id)
);

CREATE TABLE pricing_sync_jobs (
  job_id uuid NOT NULL DEFAULT gen_random_uuid(),
  status text NOT NULL DEFAULT 'queued'::text,
  triggered_by text NOT NULL,
  triggered_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  started_at timestamp with time zone,
  completed_at timestamp with time zone,
  error_message text,
  sources text[],
  request_id text,
  queue_entry_id uuid,
  attempt integer NOT NULL DEFAULT 0,
  worker text,
  fence bigint,
  progress jsonb,
  cancel_requested_at timestamp with time zone,
  cancelled_by text,
  kind text NOT NULL DEFAULT 'sync'::text,
  input jsonb NOT NULL DEFAULT '{}'::jsonb,
  retry_at timestamp with time zone,
  retry_of uuid,
  request_digest text,
  CONSTRAINT pricing_sync_jobs_pkey PRIMARY KEY (job_id)
);

CREATE TABLE pricing_sync_lock (
  lock_key text NOT NULL,
  fence bigint NOT NULL,
  locked_by text,
  worker text,
  job_id uuid,
  locked_at timestamp with time zone,
  renewed_at timestamp with time zone,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT pricing_sync_lock_fence UNIQUE (lock_key, fence),
  CONSTRAINT pricing_sync_lock_pkey PRIMARY KEY (lock_key)
);

CREATE TABLE pricing_sync_log (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  job_id uuid NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  started_at timestamp with time zone NOT NULL,
  completed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  error_code text,
  error_message text,
  http_status integer,
  bytes integer,
  payload_digest text,
  counts jsonb NOT NULL,
  reject_samples jsonb NOT NULL,
  notes jsonb NOT NULL,
  fetch_ms integer,
  parse_ms integer,
  apply_ms integer,
  attempt integer NOT NULL,
  fence bigint NOT NULL,
  retryable boolean,
  unread_fields jsonb NOT NULL DEFAULT '[]'::jsonb,
  CONSTRAINT pricing_sync_log_job_id_pricing_sync_jobs_job_id_fk FOREIGN KEY (job_id) REFERENCES pricing_sync_jobs(job_id) ON DELETE CASCADE,
  CONSTRAINT pricing_sync_log_job_source UNIQUE (job_id, source),
  CONSTRAINT pricing_sync_log_pkey PRIMARY KEY (id)
);

CREATE TABLE pricing_sync_results (
  job_id uuid NOT NULL,
  source text NOT NULL,
  result jsonb NOT NULL,
  fence bigint NOT NULL,
  CONSTRAINT pricing_sync_results_job_id_pricing_sync_jobs_job_id_fk FOREIGN KEY (job_id) REFERENCES pricing_sync_jobs(job_id) ON DELETE CASCADE,
  CONSTRAINT pricing_sync_results_job_id_source_pk PRIMARY KEY (job_id, source)
);

CREATE TABLE rate_build (
  model text NOT NULL DEFAULT ''::text,
  seller text NOT NULL DEFAULT ''::text,
  variant text NOT NULL DEFAULT ''::text,
  history_id bigint NOT NULL DEFAULT 0,
  is_begun boolean NOT NULL DEFAULT false,
  as_of timestamp with time zone NOT NULL,
  CONSTRAINT rate_build_pkey PRIMARY KEY (model)
);

CREATE TABLE rates (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  seller text NOT NULL,
  model text NOT NULL,
  variant text NOT NULL,
  state text NOT NULL,
  charges jsonb NOT NULL,
  origins jsonb NOT NULL,
  fingerprint text NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  valid_to timestamp with time zone,
  version_from bigint NOT NULL,
  version_to bigint,
  cause text NOT NULL,
  is_news boolean NOT NULL,
  replaces bigint,
  CONSTRAINT rates_pkey PRIMARY KEY (id)
);

CREATE TABLE seller_spellings (
  spelling text NOT NULL,
  seller text NOT NULL,
  added_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  added_by text NOT NULL,
  reason text NOT NULL,
  CONSTRAINT seller_spellings_pkey PRIMARY KEY (spelling)
);

CREATE TABLE source_orders (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL,
  names text[] NOT NULL,
  set_by text,
  reason text,
  CONSTRAINT source_orders_pkey PRIMARY KEY (id)
);

CREATE TABLE source_payloads (
  digest text NOT NULL,
  bytes integer NOT NULL,
  body bytea NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT source_payloads_pkey PRIMARY KEY (digest)
);

CREATE TABLE sources (
  name text NOT NULL,
  kind text NOT NULL,
  url text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  applied_digest text,
  applied_parser_version integer,
  etag text,
  retry_after timestamp with time zone,
  last_attempt_at timestamp with time zone,
  last_success_at timestamp with time zone,
  last_outcome text,
  last_error text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  api_key_env text,
  options jsonb NOT NULL DEFAULT '{}'::jsonb,
  guard jsonb NOT NULL DEFAULT '{}'::jsonb,
  observed_at timestamp with time zone,
  judged_peers bigint,
  CONSTRAINT sources_pkey PRIMARY KEY (name)
);

CREATE TABLE sync_schedules (
  name text NOT NULL,
  rule text NOT NULL,
  time_zone text NOT NULL,
  sources text[],
  missed_policy text NOT NULL,
  paused_at timestamp with time zone,
  paused_by text,
  pause_reason text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  created_by text NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  updated_by text NOT NULL,
  next_tick_at timestamp with time zone,
  last_tick_at timestamp with time zone,
  last_missed integer NOT NULL DEFAULT 0,
  last_skip_reason text,
  last_job_id uuid,
  CONSTRAINT sync_schedules_pkey PRIMARY KEY (name)
);

CREATE TABLE sync_workers (
  id uuid NOT NULL,
  name text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT sync_workers_pkey PRIMARY KEY (id)
);

CREATE TABLE webhook_deliveries (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL,
  event text NOT NULL,
  body jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending'::text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  tries integer NOT NULL DEFAULT 0,
  next_attempt_at timestamp with time zone DEFAULT clock_timestamp(),
  completed_at timestamp with time zone,
  attempts jsonb NOT NULL DEFAULT '[]'::jsonb,
  CONSTRAINT webhook_deliveries_endpoint_id_webhook_endpoints_id_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id)
);

CREATE TABLE webhook_endpoints (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  sealed_url text NOT NULL,
  shown_url text NOT NULL,
  shape text NOT NULL,
  sealed_secret text,
  sealed_previous_secret text,
  previous_until timestamp with time zone,
  events text[] NOT NULL,
  hold_seconds integer NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamp with time zone,
  disabled_reason text,
  last_success_at timestamp with time zone,
  failing_since timestamp with time zone,
  CONSTRAINT webhook_endpoints_name_unique UNIQUE (name),
  CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id)
);

CREATE TABLE webhook_told (
  endpoint_id uuid NOT NULL,
  event text NOT NULL,
  subject text NOT NULL,
  told_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT webhook_told_endpoint_id_event_subject_pk PRIMARY KEY (endpoint_id, event, subject),
  CONSTRAINT webhook_told_endpoint_id_webhook_endpoints_id_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id) ON DELETE CASCADE
);

CREATE INDEX book_versions_job ON public.book_versions USING btree (job_id);

CREATE INDEX book_versions_known ON public.book_versions USING btree (at, version);

CREATE INDEX listing_facts_revision ON public.listing_facts USING btree (source, revision);

CREATE INDEX listing_facts_sunset ON public.listing_facts USING btree (sunset_on) WHERE (sunset_on IS NOT NULL);

CREATE INDEX model_pricing_history_announced ON public.model_pricing_history USING btree (source, effective_at) WHERE (announced AND (withdrawn_at IS NULL));

CREATE INDEX model_pricing_history_job ON public.model_pricing_history USING btree (job_id);

CREATE INDEX model_pricing_history_known ON public.model_pricing_history USING btree (model, seller, variant, source, effective_at DESC NULLS LAST, observed_at);

CREATE INDEX model_pricing_history_payload ON public.model_pricing_history USING btree (payload_digest) WHERE (payload_digest IS NOT NULL);

CREATE INDEX model_pricing_history_seen ON public.model_pricing_history USING btree (observed_at, id);

CREATE INDEX model_pricing_history_source ON public.model_pricing_history USING btree (source, id);

CREATE INDEX model_pricing_listing ON public.model_pricing USING btree (source, listing);

CREATE INDEX model_pricing_model ON public.model_pricing USING btree (model, seller, variant, source);

CREATE INDEX price_holds_model ON public.price_holds USING btree (model, seller);

CREATE UNIQUE INDEX price_holds_open ON public.price_holds USING btree (source, seller, model, variant, listing, COALESCE(effective_at, '-infinity'::timestamp with time zone)) WHERE (state = 'open'::text);

CREATE INDEX price_holds_rejected ON public.price_holds USING btree (source) WHERE (state = 'rejected'::text);

CREATE UNIQUE INDEX price_pins_active ON public.price_pins USING btree (model, seller, variant, COALESCE(meter, ''::text)) WHERE (cleared_at IS NULL);

CREATE INDEX price_pins_model ON public.price_pins USING btree (model, seller, variant);

CREATE INDEX pricing_sync_attempts_fence ON public.pricing_sync_attempts USING btree (fence);

CREATE INDEX pricing_sync_events_job ON public.pricing_sync_events USING btree (job_id, id);

CREATE INDEX pricing_sync_jobs_active ON public.pricing_sync_jobs USING btree (triggered_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX pricing_sync_jobs_listed ON public.pricing_sync_jobs USING btree (triggered_at, job_id);

CREATE UNIQUE INDEX pricing_sync_jobs_request ON public.pricing_sync_jobs USING btree (triggered_by, request_id);

CREATE INDEX pricing_sync_jobs_retry_of ON public.pricing_sync_jobs USING btree (retry_of) WHERE (retry_of IS NOT NULL);

CREATE INDEX rates_announced ON public.rates USING btree (valid_from) WHERE ((NOT is_news) AND (version_to IS NULL) AND (valid_to IS NULL));

CREATE INDEX rates_begun ON public.rates USING btree (valid_from);

CREATE INDEX rates_closed ON public.rates USING btree (version_to) WHERE (version_to IS NOT NULL);

CREATE UNIQUE INDEX rates_present ON public.rates USING btree (model, seller, ((variant <> 'default'::text)), variant, valid_from) WHERE ((version_to IS NULL) AND (valid_to IS NULL));

CREATE INDEX rates_timeline_known ON public.rates USING btree (model, seller, ((variant <> 'default'::text)), variant, valid_from DESC NULLS LAST, version_from);

CREATE INDEX rates_version ON public.rates USING btree (version_from);

CREATE INDEX webhook_deliveries_listed ON public.webhook_deliveries USING btree (created_at, id);

CREATE INDEX webhook_deliveries_of_endpoint ON public.webhook_deliveries USING btree (endpoint_id, created_at, id);

CREATE OR REPLACE FUNCTION public.cleanup_expired_pricing_locks()
 RETURNS integer
 LANGUAGE sql
AS $function$
  WITH released AS (
    UPDATE pricing_sync_lock
    SET locked_by = NULL, worker = NULL, job_id = NULL, fence = nextval('pricing_sync_fence')
    WHERE locked_by IS NOT NULL AND expires_at <= clock_timestamp()
    RETURNING 1)
  SELECT count(*)::integer FROM released
$function$;

CREATE OR REPLACE FUNCTION public.cleanup_old_pricing_events(batch integer DEFAULT 10000)
 RETURNS integer
 LANGUAGE sql
AS $function$
  WITH removed AS (
    DELETE FROM pricing_sync_events WHERE id IN (
      SELECT e.id FROM pricing_sync_events e JOIN pricing_sync_jobs j USING (job_id)
      WHERE j.status NOT IN ('queued', 'running') AND e.at < clock_timestamp() - interval '30 days'
      LIMIT batch FOR UPDATE OF e SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::integer FROM removed
$function$;

CREATE OR REPLACE FUNCTION public.cleanup_old_pricing_jobs(batch integer DEFAULT 1000)
 RETURNS integer
 LANGUAGE sql
AS $function$
  WITH removed AS (
    DELETE FROM pricing_sync_jobs WHERE job_id IN (
      SELECT job_id FROM pricing_sync_jobs
      WHERE status NOT IN ('queued', 'running') AND completed_at < clock_timestamp() - interval '90 days'
      LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::integer FROM removed
$function$;

CREATE OR REPLACE FUNCTION public.cleanup_unused_payloads(batch integer DEFAULT 100)
 RETURNS integer
 LANGUAGE sql
AS $function$
  WITH used AS (
    SELECT payload_digest AS digest FROM model_pricing WHERE payload_digest IS NOT NULL
    UNION SELECT payload_digest FROM price_holds WHERE payload_digest IS NOT NULL
    UNION SELECT payload_digest FROM pricing_sync_log WHERE payload_digest IS NOT NULL
    UNION SELECT applied_digest FROM sources WHERE applied_digest IS NOT NULL
    UNION SELECT input ->> 'digest' FROM pricing_sync_jobs WHERE status IN ('queued', 'running') AND input ? 'digest'),
  removed AS (
    DELETE FROM source_payloads WHERE digest IN (
      SELECT p.digest FROM source_payloads p
      WHERE p.first_seen_at < clock_timestamp() - interval '30 days'
        AND NOT EXISTS (SELECT FROM used u WHERE u.digest = p.digest)
        AND NOT EXISTS (SELECT FROM model_pricing_history h WHERE h.payload_digest = p.digest)
      LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::integer FROM removed
$function$;

CREATE OR REPLACE FUNCTION public.rank_new_sources()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  LOCK TABLE source_orders IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO source_orders (at, names)
  SELECT clock_timestamp(), coalesce(newest.names, '{}') || added.names
  FROM (SELECT array_agg(name) AS names FROM incoming) added
    LEFT JOIN (SELECT names FROM source_orders ORDER BY id DESC LIMIT 1) newest ON true
  WHERE added.names IS NOT NULL;
  RETURN NULL;
END;
$function$;

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
END;
$function$;

CREATE OR REPLACE FUNCTION public.signal_job_ended()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  VALUES ('job.ended', NEW.job_id, jsonb_build_object('status', NEW.status));
  RETURN NULL;
END;
$function$;

CREATE OR REPLACE FUNCTION public.signal_lock_stolen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  VALUES ('lock.stolen', OLD.job_id, jsonb_build_object('worker', OLD.worker, 'by', NEW.worker));
  RETURN NULL;
END;
$function$;

CREATE OR REPLACE FUNCTION public.signal_prices_held()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  SELECT 'price.held', job_id, jsonb_agg(id) FROM incoming WHERE state = 'open' GROUP BY job_id;
  RETURN NULL;
END;
$function$;

CREATE OR REPLACE FUNCTION public.signal_rates()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  SELECT 'price.changed', v.job_id, jsonb_agg(r.id)
  FROM incoming r JOIN book_versions v ON v.version = r.version_from
  WHERE r.is_news AND r.version_to IS NULL AND NOT EXISTS (SELECT FROM rate_build)
  GROUP BY v.job_id;
  RETURN NULL;
END;
$function$;

CREATE OR REPLACE FUNCTION public.source_rank(source text)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  SELECT coalesce((
    SELECT coalesce(array_position(o.names, source), cardinality(o.names) + 1)
    FROM (SELECT names FROM source_orders ORDER BY id DESC LIMIT 1) o), 1)
$function$;

CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TRIGGER price_holds_signal AFTER INSERT ON public.price_holds REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_prices_held();

CREATE TRIGGER pricing_sync_jobs_signal AFTER UPDATE OF status ON public.pricing_sync_jobs FOR EACH ROW WHEN (((old.status = ANY (ARRAY['queued'::text, 'running'::text])) AND (new.status <> ALL (ARRAY['queued'::text, 'running'::text])) AND (NOT COALESCE(((new.input ->> 'dryRun'::text))::boolean, false)))) EXECUTE FUNCTION signal_job_ended();

CREATE TRIGGER pricing_sync_lock_signal AFTER UPDATE OF fence ON public.pricing_sync_lock FOR EACH ROW WHEN (((old.locked_by IS NOT NULL) AND (new.fence IS DISTINCT FROM old.fence))) EXECUTE FUNCTION signal_lock_stolen();

CREATE TRIGGER rates_signal AFTER INSERT ON public.rates REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_rates();

CREATE TRIGGER sources_rank AFTER INSERT ON public.sources REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION rank_new_sources();
