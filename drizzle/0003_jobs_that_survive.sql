CREATE TABLE "pricing_sync_attempts" (
	"job_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"worker" text NOT NULL,
	"fence" bigint NOT NULL,
	"started_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"message" text,
	CONSTRAINT "pricing_sync_attempts_job_id_attempt_pk" PRIMARY KEY("job_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "sync_workers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pricing_sync_jobs" ADD COLUMN "retry_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "pricing_sync_jobs" ADD COLUMN "retry_of" uuid;--> statement-breakpoint
ALTER TABLE "pricing_sync_log" ADD COLUMN "retryable" boolean;--> statement-breakpoint
ALTER TABLE "pricing_sync_attempts" ADD CONSTRAINT "pricing_sync_attempts_job_id_pricing_sync_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."pricing_sync_jobs"("job_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pricing_sync_jobs_retry_of" ON "pricing_sync_jobs" USING btree ("retry_of") WHERE retry_of is not null;