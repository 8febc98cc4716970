CREATE TABLE "listing_facts" (
	"source" text NOT NULL,
	"listing" text NOT NULL,
	"facts" jsonb NOT NULL,
	"sunset_on" text GENERATED ALWAYS AS ((facts ->> 'sunsetOn')) STORED,
	"observed_at" timestamp with time zone NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "listing_facts_source_listing_pk" PRIMARY KEY("source","listing")
);
--> statement-breakpoint
CREATE INDEX "listing_facts_revision" ON "listing_facts" USING btree ("source","revision");--> statement-breakpoint
CREATE INDEX "listing_facts_sunset" ON "listing_facts" USING btree ("sunset_on") WHERE sunset_on is not null;--> statement-breakpoint
CREATE INDEX "model_pricing_listing" ON "model_pricing" USING btree ("source","listing");