import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, numeric, pgTable, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import type { Charge } from "#/price/charge.ts";
import type { OfferState } from "#/price/offer.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** The last good offer of every (source, seller, model, variant). Rows are never deleted. */
export const modelPricing = pgTable(
  "model_pricing",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    source: text("source").notNull(),
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    listing: text("listing").notNull(),
    state: text("state").$type<OfferState>().notNull(),
    /** Amounts are decimal strings, USD per one unit. */
    charges: jsonb("charges").$type<readonly Charge[]>().notNull(),
    fingerprint: text("fingerprint").notNull(),
    /** USD per token, for sorting and filtering; the whole sheet is in `charges`. */
    inputUsdPerToken: numeric("input_usd_per_token"),
    outputUsdPerToken: numeric("output_usd_per_token"),
    cacheReadUsdPerToken: numeric("cache_read_usd_per_token"),
    effectiveAt: instant("effective_at").notNull(),
    observedAt: instant("observed_at").notNull(),
    jobId: uuid("job_id"),
    payloadDigest: text("payload_digest"),
    /** Payloads in a row that did not carry it. */
    missedPayloads: integer("missed_payloads").notNull().default(0),
    missingSince: instant("missing_since"),
    delistedAt: instant("delisted_at"),
  },
  (table) => [
    unique("model_pricing_offer").on(table.source, table.seller, table.model, table.variant),
    // Serves: one model at all its sources and sellers, and the list in its order.
    index("model_pricing_model").on(table.model, table.seller, table.variant, table.source),
  ],
);

export const CHANGE_CAUSES = ["sync"] as const;
export type ChangeCause = (typeof CHANGE_CAUSES)[number];

/** Every state an offer ever had: when it took effect, and when we saw it. Append-only. */
export const modelPricingHistory = pgTable(
  "model_pricing_history",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    source: text("source").notNull(),
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    state: text("state").$type<OfferState>().notNull(),
    charges: jsonb("charges").$type<readonly Charge[]>().notNull(),
    fingerprint: text("fingerprint").notNull(),
    /** Null for the first price. */
    previousState: text("previous_state").$type<OfferState>(),
    previousCharges: jsonb("previous_charges").$type<readonly Charge[]>(),
    effectiveAt: instant("effective_at").notNull(),
    observedAt: instant("observed_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    cause: text("cause").$type<ChangeCause>().notNull(),
    jobId: uuid("job_id"),
    payloadDigest: text("payload_digest"),
    /** The lease's fence that this row was written under. */
    fence: bigint("fence", { mode: "bigint" }),
  },
  (table) => [
    // Serves: the price at an instant as known at an instant, and one model's history.
    index("model_pricing_history_lookup").on(
      table.model,
      table.seller,
      table.variant,
      table.source,
      table.effectiveAt.desc(),
    ),
    // Serves: what one job changed.
    index("model_pricing_history_job").on(table.jobId),
    // Serves: changes since an instant, newest first.
    index("model_pricing_history_observed").on(table.observedAt.desc()),
  ],
);
