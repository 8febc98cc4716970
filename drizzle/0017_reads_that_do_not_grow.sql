-- `IF NOT EXISTS`: where there are rows already, these have been built beside the running system, see `src/platform/build-indexes-online.ts`.
CREATE INDEX IF NOT EXISTS "webhook_deliveries_listed" ON "webhook_deliveries" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "webhook_deliveries_of_endpoint" ON "webhook_deliveries" USING btree ("endpoint_id","created_at","id");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "book_versions_known" ON "book_versions" USING btree ("at","version");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "model_pricing_history_seen" ON "model_pricing_history" USING btree ("observed_at","id");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "model_pricing_history_payload" ON "model_pricing_history" USING btree ("payload_digest") WHERE payload_digest is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "rates_begun" ON "rates" USING btree ("valid_from");--> statement-breakpoint
DROP INDEX "webhook_deliveries_created";--> statement-breakpoint
DROP INDEX "webhook_deliveries_endpoint";--> statement-breakpoint
DROP INDEX "book_versions_at";--> statement-breakpoint
DROP INDEX "model_pricing_history_observed";--> statement-breakpoint
-- As in 0004, but for the history, which is asked for one payload at a time: reading all of it took as long as it was.
CREATE OR REPLACE FUNCTION cleanup_unused_payloads(batch integer DEFAULT 100) RETURNS integer LANGUAGE sql AS $$
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
$$;
