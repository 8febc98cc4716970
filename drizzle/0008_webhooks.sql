CREATE TABLE "alert_signals" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_signals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"job_id" uuid,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"event" text NOT NULL,
	"subject" text NOT NULL,
	"opened_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp with time zone,
	"job_id" uuid,
	"detail" text NOT NULL,
	CONSTRAINT "alerts_event_subject_pk" PRIMARY KEY("event","subject")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"event" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT clock_timestamp(),
	"completed_at" timestamp with time zone,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"sealed_url" text NOT NULL,
	"shown_url" text NOT NULL,
	"shape" text NOT NULL,
	"sealed_secret" text,
	"sealed_previous_secret" text,
	"previous_until" timestamp with time zone,
	"events" text[] NOT NULL,
	"hold_seconds" integer NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"disabled_at" timestamp with time zone,
	"disabled_reason" text,
	"last_success_at" timestamp with time zone,
	"failing_since" timestamp with time zone,
	CONSTRAINT "webhook_endpoints_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "webhook_told" (
	"endpoint_id" uuid NOT NULL,
	"event" text NOT NULL,
	"subject" text NOT NULL,
	"told_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "webhook_told_endpoint_id_event_subject_pk" PRIMARY KEY("endpoint_id","event","subject")
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_told" ADD CONSTRAINT "webhook_told_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_created" ON "webhook_deliveries" USING btree ("created_at" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint" ON "webhook_deliveries" USING btree ("endpoint_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE FUNCTION signal_job_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  VALUES ('job.ended', NEW.job_id, jsonb_build_object('status', NEW.status));
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- A dry run says what would be, which is nobody's news.
CREATE TRIGGER pricing_sync_jobs_signal AFTER UPDATE OF status ON pricing_sync_jobs FOR EACH ROW
  WHEN (OLD.status IN ('queued', 'running') AND NEW.status NOT IN ('queued', 'running')
    AND NOT coalesce((NEW.input ->> 'dryRun')::boolean, false))
  EXECUTE FUNCTION signal_job_ended();
--> statement-breakpoint
CREATE FUNCTION signal_lock_stolen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  VALUES ('lock.stolen', OLD.job_id, jsonb_build_object('worker', OLD.worker, 'by', NEW.worker));
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- A holder that releases its lock leaves the fence as it is; whoever changes it has taken the lock from somebody.
CREATE TRIGGER pricing_sync_lock_signal AFTER UPDATE OF fence ON pricing_sync_lock FOR EACH ROW
  WHEN (OLD.locked_by IS NOT NULL AND NEW.fence IS DISTINCT FROM OLD.fence)
  EXECUTE FUNCTION signal_lock_stolen();
--> statement-breakpoint
-- A price is in force when the present book points to its history row.
CREATE FUNCTION signal_prices_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO alert_signals (kind, job_id, data)
    SELECT 'price.changed', job_id, jsonb_agg(history_id) FROM incoming WHERE history_id IS NOT NULL GROUP BY job_id;
  ELSE
    INSERT INTO alert_signals (kind, job_id, data)
    SELECT 'price.changed', n.job_id, jsonb_agg(n.history_id) FROM incoming n JOIN outgoing o USING (id)
    WHERE n.history_id IS DISTINCT FROM o.history_id GROUP BY n.job_id;
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER model_pricing_signal_insert AFTER INSERT ON model_pricing
  REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_prices_in_force();
--> statement-breakpoint
CREATE TRIGGER model_pricing_signal_update AFTER UPDATE ON model_pricing
  REFERENCING OLD TABLE AS outgoing NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_prices_in_force();
--> statement-breakpoint
-- Pins and delistings count without standing in the present book.
CREATE FUNCTION signal_prices_beside_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  SELECT 'price.changed', job_id, jsonb_agg(id) FROM incoming WHERE cause IN ('pin', 'unpin', 'delist') GROUP BY job_id;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER model_pricing_history_signal AFTER INSERT ON model_pricing_history
  REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_prices_beside_book();
--> statement-breakpoint
CREATE FUNCTION signal_prices_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  SELECT 'price.held', job_id, jsonb_agg(id) FROM incoming WHERE state = 'open' GROUP BY job_id;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER price_holds_signal AFTER INSERT ON price_holds
  REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_prices_held();
