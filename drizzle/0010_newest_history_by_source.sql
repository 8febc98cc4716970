ALTER TABLE "sources" ALTER COLUMN "judged_peers" SET DATA TYPE bigint;--> statement-breakpoint
CREATE INDEX "model_pricing_history_source" ON "model_pricing_history" USING btree ("source","id");