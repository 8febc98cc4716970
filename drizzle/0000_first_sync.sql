CREATE SEQUENCE "public"."pricing_sync_fence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"reason" text,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "auth_account" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth_session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "auth_session_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "auth_user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"role" text DEFAULT 'viewer' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "auth_user_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "auth_verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_pricing" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "model_pricing_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"seller" text NOT NULL,
	"model" text NOT NULL,
	"variant" text NOT NULL,
	"listing" text NOT NULL,
	"state" text NOT NULL,
	"charges" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"input_usd_per_token" numeric,
	"output_usd_per_token" numeric,
	"cache_read_usd_per_token" numeric,
	"effective_at" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"job_id" uuid,
	"payload_digest" text,
	"missed_payloads" integer DEFAULT 0 NOT NULL,
	"missing_since" timestamp with time zone,
	"delisted_at" timestamp with time zone,
	CONSTRAINT "model_pricing_offer" UNIQUE("source","seller","model","variant")
);
--> statement-breakpoint
CREATE TABLE "model_pricing_history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "model_pricing_history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"seller" text NOT NULL,
	"model" text NOT NULL,
	"variant" text NOT NULL,
	"state" text NOT NULL,
	"charges" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"previous_state" text,
	"previous_charges" jsonb,
	"effective_at" timestamp with time zone NOT NULL,
	"observed_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"cause" text NOT NULL,
	"job_id" uuid,
	"payload_digest" text,
	"fence" bigint
);
--> statement-breakpoint
CREATE TABLE "source_payloads" (
	"digest" text PRIMARY KEY NOT NULL,
	"bytes" integer NOT NULL,
	"body" "bytea" NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"trust" integer DEFAULT 100 NOT NULL,
	"applied_digest" text,
	"applied_parser_version" integer,
	"etag" text,
	"retry_after" timestamp with time zone,
	"last_attempt_at" timestamp with time zone,
	"last_success_at" timestamp with time zone,
	"last_outcome" text,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pricing_sync_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pricing_sync_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"job_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"fence" bigint
);
--> statement-breakpoint
CREATE TABLE "pricing_sync_jobs" (
	"job_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"triggered_by" text NOT NULL,
	"triggered_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"error_message" text,
	"sources" text[],
	"request_id" text,
	"queue_entry_id" uuid,
	"attempt" integer DEFAULT 0 NOT NULL,
	"worker" text,
	"fence" bigint,
	"progress" jsonb,
	"cancel_requested_at" timestamp with time zone,
	"cancelled_by" text
);
--> statement-breakpoint
CREATE TABLE "pricing_sync_lock" (
	"lock_key" text PRIMARY KEY NOT NULL,
	"fence" bigint NOT NULL,
	"locked_by" text,
	"worker" text,
	"job_id" uuid,
	"locked_at" timestamp with time zone,
	"renewed_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "pricing_sync_lock_fence" UNIQUE("lock_key","fence")
);
--> statement-breakpoint
CREATE TABLE "pricing_sync_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pricing_sync_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"job_id" uuid NOT NULL,
	"source" text NOT NULL,
	"outcome" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"completed_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"error_code" text,
	"error_message" text,
	"http_status" integer,
	"bytes" integer,
	"payload_digest" text,
	"counts" jsonb NOT NULL,
	"reject_samples" jsonb NOT NULL,
	"notes" jsonb NOT NULL,
	"fetch_ms" integer,
	"parse_ms" integer,
	"apply_ms" integer,
	"attempt" integer NOT NULL,
	"fence" bigint NOT NULL,
	CONSTRAINT "pricing_sync_log_job_source" UNIQUE("job_id","source")
);
--> statement-breakpoint
ALTER TABLE "auth_account" ADD CONSTRAINT "auth_account_user_id_auth_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."auth_user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth_session" ADD CONSTRAINT "auth_session_user_id_auth_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."auth_user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pricing_sync_events" ADD CONSTRAINT "pricing_sync_events_job_id_pricing_sync_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."pricing_sync_jobs"("job_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pricing_sync_log" ADD CONSTRAINT "pricing_sync_log_job_id_pricing_sync_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."pricing_sync_jobs"("job_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "model_pricing_model" ON "model_pricing" USING btree ("model","seller","variant","source");--> statement-breakpoint
CREATE INDEX "model_pricing_history_lookup" ON "model_pricing_history" USING btree ("model","seller","variant","source","effective_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "model_pricing_history_job" ON "model_pricing_history" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "model_pricing_history_observed" ON "model_pricing_history" USING btree ("observed_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "pricing_sync_events_job" ON "pricing_sync_events" USING btree ("job_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "pricing_sync_jobs_request" ON "pricing_sync_jobs" USING btree ("triggered_by","request_id");--> statement-breakpoint
CREATE INDEX "pricing_sync_jobs_triggered" ON "pricing_sync_jobs" USING btree ("triggered_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "pricing_sync_jobs_active" ON "pricing_sync_jobs" USING btree ("triggered_at") WHERE status in ('queued', 'running');