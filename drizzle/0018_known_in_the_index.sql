-- `IF NOT EXISTS`: where there are rows already, these have been built beside the running system, see `src/platform/build-indexes-online.ts`.
CREATE INDEX IF NOT EXISTS "model_pricing_history_known" ON "model_pricing_history" USING btree ("model","seller","variant","source","effective_at" DESC NULLS LAST,"observed_at");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "rates_timeline_known" ON "rates" USING btree ("model","seller",(variant <> 'default'),"variant","valid_from" DESC NULLS LAST,"version_from");--> statement-breakpoint
DROP INDEX "model_pricing_history_lookup";--> statement-breakpoint
DROP INDEX "rates_timeline";
