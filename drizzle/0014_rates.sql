CREATE TABLE "book_versions" (
	"version" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"cause" text NOT NULL,
	"job_id" uuid,
	"actor" text,
	"reason" text,
	"fence" bigint,
	"changed" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_build" (
	"model" text PRIMARY KEY DEFAULT '' NOT NULL,
	"seller" text DEFAULT '' NOT NULL,
	"variant" text DEFAULT '' NOT NULL,
	"history_id" bigint DEFAULT 0 NOT NULL,
	"is_begun" boolean DEFAULT false NOT NULL,
	"as_of" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rates" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rates_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"seller" text NOT NULL,
	"model" text NOT NULL,
	"variant" text NOT NULL,
	"state" text NOT NULL,
	"charges" jsonb NOT NULL,
	"origins" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"version_from" bigint NOT NULL,
	"version_to" bigint,
	"cause" text NOT NULL,
	"is_news" boolean NOT NULL,
	"replaces" bigint
);
--> statement-breakpoint
CREATE TABLE "seller_spellings" (
	"spelling" text PRIMARY KEY NOT NULL,
	"seller" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"added_by" text NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_orders" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "source_orders_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"names" text[] NOT NULL,
	"set_by" text,
	"reason" text
);
--> statement-breakpoint
CREATE INDEX "book_versions_at" ON "book_versions" USING btree ("at");
--> statement-breakpoint
CREATE INDEX "book_versions_job" ON "book_versions" USING btree ("job_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "rates_present" ON "rates" USING btree ("model","seller",(variant <> 'default'),"variant","valid_from") WHERE version_to is null and valid_to is null;
--> statement-breakpoint
CREATE INDEX "rates_timeline" ON "rates" USING btree ("model","seller",(variant <> 'default'),"variant","valid_from" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "rates_announced" ON "rates" USING btree ("valid_from") WHERE not is_news and version_to is null and valid_to is null;
--> statement-breakpoint
CREATE INDEX "rates_version" ON "rates" USING btree ("version_from");
--> statement-breakpoint
CREATE INDEX "rates_closed" ON "rates" USING btree ("version_to") WHERE version_to is not null;
--> statement-breakpoint
-- Sellers become identities; the spelling of each source is kept beside them. The history's rows are filled in steps when the
-- server starts: until then they say nothing in the new columns.
ALTER TABLE "model_pricing" ADD COLUMN "listed_as" text NOT NULL DEFAULT '', ADD COLUMN "derived_from" text;
--> statement-breakpoint
ALTER TABLE "model_pricing" ALTER COLUMN "listed_as" DROP DEFAULT;
--> statement-breakpoint
ALTER TABLE "model_pricing_history" ADD COLUMN "listing" text NOT NULL DEFAULT '', ADD COLUMN "listed_as" text NOT NULL DEFAULT '',
  ADD COLUMN "derived_from" text;
--> statement-breakpoint
ALTER TABLE "model_pricing_history" ALTER COLUMN "listing" DROP DEFAULT, ALTER COLUMN "listed_as" DROP DEFAULT;
--> statement-breakpoint
ALTER TABLE "price_holds" ADD COLUMN "listed_as" text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE "price_holds" ALTER COLUMN "listed_as" DROP DEFAULT;
--> statement-breakpoint
CREATE TEMPORARY TABLE seller_names (spelling text PRIMARY KEY, seller text NOT NULL) ON COMMIT DROP;
--> statement-breakpoint
INSERT INTO seller_names VALUES
  ('dashscope', 'alibaba'),
  ('qwen', 'alibaba'),
  ('nova', 'amazon_nova'),
  ('azure_ai', 'azure'),
  ('azure-openai', 'azure'),
  ('azure-ai', 'azure'),
  ('azure-cognitive-services', 'azure'),
  ('azure_text', 'azure'),
  ('bedrock_converse', 'bedrock'),
  ('bedrock_mantle', 'bedrock'),
  ('amazon-bedrock', 'bedrock'),
  ('aws', 'bedrock'),
  ('cloudflare-workers-ai', 'cloudflare'),
  ('workers-ai', 'cloudflare'),
  ('cohere_chat', 'cohere'),
  ('text-completion-codestral', 'codestral'),
  ('deepinfra-openai', 'deepinfra'),
  ('fireworks_ai', 'fireworks'),
  ('fireworks_ai-embedding-models', 'fireworks'),
  ('fireworks-ai', 'fireworks'),
  ('friendliai', 'friendli'),
  ('github-copilot', 'github_copilot'),
  ('gmicloud', 'gmi'),
  ('gemini', 'google'),
  ('google-ai-studio', 'google'),
  ('google-gemini', 'google'),
  ('palm', 'google'),
  ('text-completion-inception', 'inception'),
  ('lambda_ai', 'lambda'),
  ('meta_llama', 'meta'),
  ('llama', 'meta'),
  ('mistral-ai', 'mistral'),
  ('mistralai', 'mistral'),
  ('moonshotai', 'moonshot'),
  ('nebius-token-factory', 'nebius'),
  ('novita-ai', 'novita'),
  ('nvidia_nim', 'nvidia'),
  ('text-completion-openai', 'openai'),
  ('ovhcloud', 'ovh'),
  ('perplexity-ai', 'perplexity'),
  ('snowflake-cortex', 'snowflake'),
  ('together_ai', 'together'),
  ('togetherai', 'together'),
  ('together-ai', 'together'),
  ('vercel_ai_gateway', 'vercel'),
  ('vercel-ai-gateway', 'vercel'),
  ('vertex_ai', 'vertex'),
  ('vertex-ai', 'vertex'),
  ('vertex_ai-ai21_models', 'vertex'),
  ('vertex_ai-anthropic_models', 'vertex'),
  ('vertex_ai-deepseek_models', 'vertex'),
  ('vertex_ai-embedding-models', 'vertex'),
  ('vertex_ai-image-models', 'vertex'),
  ('vertex_ai-language-models', 'vertex'),
  ('vertex_ai-chat-models', 'vertex'),
  ('vertex_ai-code-chat-models', 'vertex'),
  ('vertex_ai-code-text-models', 'vertex'),
  ('vertex_ai-vision-models', 'vertex'),
  ('vertex_ai-llama_models', 'vertex'),
  ('vertex_ai-minimax_models', 'vertex'),
  ('vertex_ai-mistral_models', 'vertex'),
  ('vertex_ai-moonshot_models', 'vertex'),
  ('vertex_ai-openai_models', 'vertex'),
  ('vertex_ai-qwen_models', 'vertex'),
  ('vertex_ai-text-models', 'vertex'),
  ('vertex_ai-video-models', 'vertex'),
  ('vertex_ai-zai_models', 'vertex'),
  ('google-vertex', 'vertex'),
  ('google-vertex-anthropic', 'vertex'),
  ('voyageai', 'voyage'),
  ('voyage-ai', 'voyage'),
  ('x-ai', 'xai'),
  ('z-ai', 'zai'),
  ('zhipuai-international', 'zai');
--> statement-breakpoint
DROP INDEX "price_holds_open";
--> statement-breakpoint
ALTER TABLE "model_pricing" DROP CONSTRAINT "model_pricing_offer";
--> statement-breakpoint
UPDATE model_pricing t SET variant = CASE t.variant WHEN 'fast' THEN 'speed=fast' WHEN 'ultrafast' THEN 'speed=ultrafast' ELSE t.variant END,
  seller = coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(t.seller)), lower(t.seller)), listed_as = t.seller;
--> statement-breakpoint
UPDATE price_holds t SET variant = CASE t.variant WHEN 'fast' THEN 'speed=fast' WHEN 'ultrafast' THEN 'speed=ultrafast' ELSE t.variant END,
  seller = coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(t.seller)), lower(t.seller)), listed_as = t.seller;
--> statement-breakpoint
-- Two pins of one price that were set under two spellings: the one that was set last stays.
UPDATE price_pins p SET cleared_at = clock_timestamp(), cleared_by = 'ratebook',
  clear_reason = 'another spelling of the seller was pinned later'
WHERE cleared_at IS NULL AND EXISTS (
  SELECT FROM price_pins o WHERE o.cleared_at IS NULL AND o.id <> p.id AND (o.set_at, o.id) > (p.set_at, p.id)
    AND (o.model, o.variant) = (p.model, p.variant) AND o.meter IS NOT DISTINCT FROM p.meter
    AND coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(o.seller)), lower(o.seller))
      = coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(p.seller)), lower(p.seller)));
--> statement-breakpoint
UPDATE price_pins t SET variant = CASE t.variant WHEN 'fast' THEN 'speed=fast' WHEN 'ultrafast' THEN 'speed=ultrafast' ELSE t.variant END,
  seller = coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(t.seller)), lower(t.seller));
--> statement-breakpoint
DELETE FROM model_usage u WHERE EXISTS (
  SELECT FROM model_usage o WHERE (o.updated_at, o.seller) > (u.updated_at, u.seller)
    AND (o.model, o.variant, o.meter) = (u.model, u.variant, u.meter)
    AND coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(o.seller)), lower(o.seller))
      = coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(u.seller)), lower(u.seller)));
--> statement-breakpoint
UPDATE model_usage t SET variant = CASE t.variant WHEN 'fast' THEN 'speed=fast' WHEN 'ultrafast' THEN 'speed=ultrafast' ELSE t.variant END,
  seller = coalesce((SELECT n.seller FROM seller_names n WHERE n.spelling = lower(t.seller)), lower(t.seller));
--> statement-breakpoint
-- One entry that has stood under two spellings, one after the other: what the source offers now stays.
DELETE FROM model_pricing p WHERE EXISTS (
  SELECT FROM model_pricing o WHERE o.id <> p.id AND (o.missed_payloads, o.id) < (p.missed_payloads, p.id)
    AND (o.source, o.seller, o.model, o.variant, o.listing) = (p.source, p.seller, p.model, p.variant, p.listing));
--> statement-breakpoint
UPDATE price_holds h SET state = 'resolved', decided_at = clock_timestamp(),
  decision = 'the entry stands under another spelling'
WHERE h.state = 'open' AND EXISTS (
  SELECT FROM price_holds o WHERE o.state = 'open' AND o.id > h.id AND o.effective_at IS NOT DISTINCT FROM h.effective_at
    AND (o.source, o.seller, o.model, o.variant, o.listing) = (h.source, h.seller, h.model, h.variant, h.listing));
--> statement-breakpoint
ALTER TABLE "model_pricing" ADD CONSTRAINT "model_pricing_offer" UNIQUE("source","seller","model","variant","listing");
--> statement-breakpoint
CREATE UNIQUE INDEX "price_holds_open" ON "price_holds" USING btree ("source","seller","model","variant","listing",coalesce(effective_at, '-infinity')) WHERE state = 'open';
--> statement-breakpoint
-- The order of the sources until now; equal trust went by name.
INSERT INTO source_orders (at, names, reason)
SELECT '-infinity', coalesce(array_agg(name ORDER BY trust, name), '{}'), 'Taken over from the trust of each source'
FROM sources HAVING count(*) > 0;
--> statement-breakpoint
ALTER TABLE "sources" DROP COLUMN "trust";
--> statement-breakpoint
-- The place of a source in the newest order, from 1 on. One that stands in none comes after all others.
CREATE FUNCTION source_rank(source text) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT coalesce(array_position(o.names, source), cardinality(o.names) + 1)
    FROM (SELECT names FROM source_orders ORDER BY id DESC LIMIT 1) o), 1)
$$;
--> statement-breakpoint
CREATE FUNCTION rank_new_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE source_orders IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO source_orders (at, names)
  SELECT clock_timestamp(), coalesce(newest.names, '{}') || added.names
  FROM (SELECT array_agg(name) AS names FROM incoming) added
    LEFT JOIN (SELECT names FROM source_orders ORDER BY id DESC LIMIT 1) newest ON true
  WHERE added.names IS NOT NULL;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- Whoever adds a source, it comes last.
CREATE TRIGGER sources_rank AFTER INSERT ON sources
  REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION rank_new_sources();
--> statement-breakpoint
DROP TRIGGER model_pricing_signal_insert ON model_pricing;
--> statement-breakpoint
DROP TRIGGER model_pricing_signal_update ON model_pricing;
--> statement-breakpoint
DROP TRIGGER model_pricing_history_signal ON model_pricing_history;
--> statement-breakpoint
DROP FUNCTION signal_prices_in_force();
--> statement-breakpoint
DROP FUNCTION signal_prices_beside_book();
--> statement-breakpoint
-- A price has changed when a rate comes into force with its version; what is built from an old history is nobody's news.
CREATE FUNCTION signal_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alert_signals (kind, job_id, data)
  SELECT 'price.changed', v.job_id, jsonb_agg(r.id)
  FROM incoming r JOIN book_versions v ON v.version = r.version_from
  WHERE r.is_news AND r.version_to IS NULL AND NOT EXISTS (SELECT FROM rate_build)
  GROUP BY v.job_id;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER rates_signal AFTER INSERT ON rates
  REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION signal_rates();
--> statement-breakpoint
-- What is left to build for a book that was kept before there were rates. A new book has nothing to build.
INSERT INTO rate_build (as_of) SELECT clock_timestamp()
WHERE EXISTS (SELECT FROM model_pricing_history) OR EXISTS (SELECT FROM price_pins);
