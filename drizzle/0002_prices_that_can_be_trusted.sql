CREATE TABLE "model_usage" (
	"seller" text NOT NULL,
	"model" text NOT NULL,
	"variant" text NOT NULL,
	"meter" text NOT NULL,
	"units_per_month" numeric NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "model_usage_model_seller_variant_meter_pk" PRIMARY KEY("model","seller","variant","meter")
);
--> statement-breakpoint
CREATE TABLE "price_holds" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "price_holds_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"seller" text NOT NULL,
	"model" text NOT NULL,
	"variant" text NOT NULL,
	"listing" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"reasons" text[] NOT NULL,
	"findings" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"old_state" text,
	"old_charges" jsonb,
	"old_fingerprint" text,
	"new_state" text NOT NULL,
	"new_charges" jsonb NOT NULL,
	"new_discount" jsonb,
	"new_fingerprint" text NOT NULL,
	"effective_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"job_id" uuid NOT NULL,
	"payload_digest" text,
	"fence" bigint,
	"decided_at" timestamp with time zone,
	"decided_by" text,
	"decision" text
);
--> statement-breakpoint
CREATE TABLE "price_pins" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "price_pins_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"seller" text NOT NULL,
	"model" text NOT NULL,
	"variant" text NOT NULL,
	"meter" text,
	"state" text NOT NULL,
	"charges" jsonb NOT NULL,
	"reason" text NOT NULL,
	"set_by" text NOT NULL,
	"set_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"cleared_at" timestamp with time zone,
	"cleared_by" text,
	"clear_reason" text
);
--> statement-breakpoint
ALTER TABLE "model_pricing" drop column "input_usd_per_token";--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "input_usd_per_token" numeric GENERATED ALWAYS AS (((jsonb_path_query_first(charges, '$[*] ? (@.meter == "input" && @.unit == "token" && !exists(@.tier) && !exists(@.window)).amount') #>> '{}')::numeric)) STORED;--> statement-breakpoint
ALTER TABLE "model_pricing" drop column "output_usd_per_token";--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "output_usd_per_token" numeric GENERATED ALWAYS AS (((jsonb_path_query_first(charges, '$[*] ? (@.meter == "output" && @.unit == "token" && !exists(@.tier) && !exists(@.window)).amount') #>> '{}')::numeric)) STORED;--> statement-breakpoint
ALTER TABLE "model_pricing" drop column "cache_read_usd_per_token";--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "cache_read_usd_per_token" numeric GENERATED ALWAYS AS (((jsonb_path_query_first(charges, '$[*] ? (@.meter == "cache_read" && @.unit == "token" && !exists(@.tier) && !exists(@.window)).amount') #>> '{}')::numeric)) STORED;--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "discount" jsonb;--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "history_id" bigint;--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "stale_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "model_pricing" ADD COLUMN "stale_payloads" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "model_pricing_history" ADD COLUMN "discount" jsonb;--> statement-breakpoint
ALTER TABLE "model_pricing_history" ADD COLUMN "announced" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "model_pricing_history" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "model_pricing_history" ADD COLUMN "actor" text;--> statement-breakpoint
ALTER TABLE "model_pricing_history" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "api_key_env" text;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "options" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "guard" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "observed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "pricing_sync_jobs" ADD COLUMN "kind" text DEFAULT 'sync' NOT NULL;--> statement-breakpoint
ALTER TABLE "pricing_sync_jobs" ADD COLUMN "input" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "pricing_sync_jobs" ADD COLUMN "result" jsonb;--> statement-breakpoint
CREATE UNIQUE INDEX "price_holds_open" ON "price_holds" USING btree ("source","seller","model","variant",coalesce(effective_at, '-infinity')) WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "price_holds_rejected" ON "price_holds" USING btree ("source") WHERE state = 'rejected';--> statement-breakpoint
CREATE INDEX "price_holds_model" ON "price_holds" USING btree ("model","seller");--> statement-breakpoint
CREATE UNIQUE INDEX "price_pins_active" ON "price_pins" USING btree ("model","seller","variant",coalesce(meter, '')) WHERE cleared_at is null;--> statement-breakpoint
CREATE INDEX "price_pins_model" ON "price_pins" USING btree ("model","seller","variant");--> statement-breakpoint
CREATE INDEX "model_pricing_history_announced" ON "model_pricing_history" USING btree ("source","effective_at") WHERE announced and withdrawn_at is null;--> statement-breakpoint
-- What the book already says becomes what its own history says.
UPDATE "model_pricing" p SET "history_id" = (SELECT h.id FROM "model_pricing_history" h WHERE (h.source, h.seller, h.model, h.variant) = (p.source, p.seller, p.model, p.variant) ORDER BY h.id DESC LIMIT 1);--> statement-breakpoint
INSERT INTO "model_pricing_history" (source, seller, model, variant, state, charges, fingerprint, previous_state, previous_charges, effective_at, observed_at, cause)
SELECT source, seller, model, variant, 'unknown', '[]', 'delisted', state, charges, delisted_at, delisted_at, 'delist' FROM "model_pricing" WHERE delisted_at IS NOT NULL;--> statement-breakpoint
UPDATE "sources" SET "observed_at" = "last_success_at";
