CREATE TABLE "pricing_sync_results" (
	"job_id" uuid NOT NULL,
	"source" text NOT NULL,
	"result" jsonb NOT NULL,
	"fence" bigint NOT NULL,
	CONSTRAINT "pricing_sync_results_job_id_source_pk" PRIMARY KEY("job_id","source")
);
--> statement-breakpoint
ALTER TABLE "pricing_sync_results" ADD CONSTRAINT "pricing_sync_results_job_id_pricing_sync_jobs_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."pricing_sync_jobs"("job_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- Only these are shown line by line; what other runs changed stands in the history.
INSERT INTO "pricing_sync_results" ("job_id", "source", "result", "fence")
	SELECT j."job_id", r."key", r."value", coalesce(j."fence", 0)
	FROM "pricing_sync_jobs" j CROSS JOIN LATERAL jsonb_each(j."result" -> 'sources') r
	WHERE j."kind" = 'revert' OR j."input" @> '{"dryRun": true}';--> statement-breakpoint
ALTER TABLE "pricing_sync_jobs" DROP COLUMN "result";