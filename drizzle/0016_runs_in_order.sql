DROP INDEX "pricing_sync_jobs_triggered";--> statement-breakpoint
CREATE INDEX "pricing_sync_attempts_fence" ON "pricing_sync_attempts" USING btree ("fence");--> statement-breakpoint
CREATE INDEX "pricing_sync_jobs_listed" ON "pricing_sync_jobs" USING btree ("triggered_at","job_id");