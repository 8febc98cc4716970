CREATE TABLE "sync_schedules" (
	"name" text PRIMARY KEY NOT NULL,
	"rule" text NOT NULL,
	"time_zone" text NOT NULL,
	"sources" text[],
	"missed_policy" text NOT NULL,
	"paused_at" timestamp with time zone,
	"paused_by" text,
	"pause_reason" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_by" text NOT NULL,
	"next_tick_at" timestamp with time zone,
	"last_tick_at" timestamp with time zone,
	"last_missed" integer DEFAULT 0 NOT NULL,
	"last_skip_reason" text,
	"last_job_id" uuid
);
