import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Charge } from "#/price/charge.ts";
import type { Finding, PeerEvidence } from "#/price/finding.ts";
import type { Discount } from "#/price/offer.ts";
import type { RateOrigin } from "#/price/fold-rates.ts";
import type { ListingFacts } from "#/terms/facts.ts";
import type { Meter } from "#/terms/meter.ts";
import type { HoldReason, HoldState } from "#/terms/hold.ts";
import type { OfferState } from "#/terms/offer.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** The amount per token with neither tier nor window, out of the charges. */
function baseAmount(meter: Meter) {
  const line = `$[*] ? (@.meter == "${meter}" && @.unit == "token" && !exists(@.tier) && !exists(@.window)).amount`;
  return sql`((jsonb_path_query_first(charges, ${sql.raw(`'${line}'`)}) #>> '{}')::numeric)`;
}

/** The last good offer of every entry of every source. Rows are never deleted. */
export const modelPricing = pgTable(
  "model_pricing",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    source: text("source").notNull(),
    /** The seller's identity, whoever spells it; `listedAs` is how the source does. */
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    /** The source's own id of the entry. */
    listing: text("listing").notNull(),
    listedAs: text("listed_as").notNull(),
    /** The source's field that its amounts were worked out from, where it does not state them outright. */
    derivedFrom: text("derived_from"),
    state: text("state").$type<OfferState>().notNull(),
    /** Amounts are decimal strings, USD per one unit. */
    charges: jsonb("charges").$type<readonly Charge[]>().notNull(),
    /** What is taken off the list price for now. */
    discount: jsonb("discount").$type<Discount>(),
    fingerprint: text("fingerprint").notNull(),
    /** The history row that says the same; a difference means that a hand has altered the book. */
    historyId: bigint("history_id", { mode: "bigint" }),
    /** USD per token, for sorting and filtering; the whole sheet is in `charges`. */
    inputUsdPerToken: numeric("input_usd_per_token").generatedAlwaysAs(baseAmount("input")),
    outputUsdPerToken: numeric("output_usd_per_token").generatedAlwaysAs(baseAmount("output")),
    cacheReadUsdPerToken: numeric("cache_read_usd_per_token").generatedAlwaysAs(baseAmount("cache_read")),
    effectiveAt: instant("effective_at").notNull(),
    observedAt: instant("observed_at").notNull(),
    jobId: uuid("job_id"),
    payloadDigest: text("payload_digest"),
    /** Payloads in a row that did not carry it. */
    missedPayloads: integer("missed_payloads").notNull().default(0),
    missingSince: instant("missing_since"),
    delistedAt: instant("delisted_at"),
    /** Not in a payload that lost too much at once to be believed: neither present nor missing yet. */
    staleSince: instant("stale_since"),
    stalePayloads: integer("stale_payloads").notNull().default(0),
  },
  (table) => [
    unique("model_pricing_offer").on(table.source, table.seller, table.model, table.variant, table.listing),
    // Serves: one model at all its sources and sellers, and the list in its order.
    index("model_pricing_model").on(table.model, table.seller, table.variant, table.source),
    // Serves: the prices of a listing whose facts say something.
    index("model_pricing_listing").on(table.source, table.listing),
  ],
);

/**
 * What a source says of a listing beside its price, all its variants alike. As things are now: facts have no history, and a
 * change of them is none of the book. A row stays when its facts go, so that `revision` only grows.
 */
export const listingFacts = pgTable(
  "listing_facts",
  {
    source: text("source").notNull(),
    listing: text("listing").notNull(),
    facts: jsonb("facts").$type<ListingFacts>().notNull(),
    /** Of the facts: as a column the database knows how few there are. */
    sunsetOn: text("sunset_on").generatedAlwaysAs(sql`(facts ->> 'sunsetOn')`),
    observedAt: instant("observed_at").notNull(),
    /** Counts the changes of a source's facts, from 1. */
    revision: bigint("revision", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.listing] }),
    // Serves: have facts changed since an answer was built?
    index("listing_facts_revision").on(table.source, table.revision),
    // Serves: which models stop answering, and when.
    index("listing_facts_sunset")
      .on(table.sunsetOn)
      .where(sql`sunset_on is not null`),
  ],
);

export const CHANGE_CAUSES = ["sync", "approve", "revert", "delist"] as const;
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
    listing: text("listing").notNull(),
    listedAs: text("listed_as").notNull(),
    derivedFrom: text("derived_from"),
    state: text("state").$type<OfferState>().notNull(),
    charges: jsonb("charges").$type<readonly Charge[]>().notNull(),
    fingerprint: text("fingerprint").notNull(),
    /** Null for the first price. */
    previousState: text("previous_state").$type<OfferState>(),
    previousCharges: jsonb("previous_charges").$type<readonly Charge[]>(),
    discount: jsonb("discount").$type<Discount>(),
    effectiveAt: instant("effective_at").notNull(),
    observedAt: instant("observed_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    cause: text("cause").$type<ChangeCause>().notNull(),
    /** Announced for a later day than it was observed on. */
    announced: boolean("announced").notNull().default(false),
    /** When the source took an announced price back; it counts only for questions as known before. */
    withdrawnAt: instant("withdrawn_at"),
    /** The person or key behind a cause other than `sync`, and what they gave as the reason. */
    actor: text("actor"),
    reason: text("reason"),
    jobId: uuid("job_id"),
    payloadDigest: text("payload_digest"),
    /** The lease's fence that this row was written under. */
    fence: bigint("fence", { mode: "bigint" }),
  },
  (table) => [
    // Serves: the price at an instant as known at an instant, and one model's history. With the instant of observation, so that what
    // nobody knew yet is passed over without reading its row.
    index("model_pricing_history_known").on(
      table.model,
      table.seller,
      table.variant,
      table.source,
      table.effectiveAt.desc(),
      table.observedAt,
    ),
    // Serves: what one job changed.
    index("model_pricing_history_job").on(table.jobId),
    // Serves: what came after an instant, in the order in which the book came to know it.
    index("model_pricing_history_seen").on(table.observedAt, table.id),
    // Serves: does anything still point to a payload?
    index("model_pricing_history_payload")
      .on(table.payloadDigest)
      .where(sql`payload_digest is not null`),
    // Serves: the newest row of a source, which tells other sources that its prices have moved.
    index("model_pricing_history_source").on(table.source, table.id),
    // Serves: announced prices whose day has come, or that are taken back.
    index("model_pricing_history_announced")
      .on(table.source, table.effectiveAt)
      .where(sql`announced and withdrawn_at is null`),
  ],
);

/** A price that the guard keeps out of force until a person decides, or until it goes away or is confirmed. */
export const priceHolds = pgTable(
  "price_holds",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    source: text("source").notNull(),
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    listing: text("listing").notNull(),
    listedAs: text("listed_as").notNull(),
    state: text("state").$type<HoldState>().notNull().default("open"),
    /** The main reason first. */
    reasons: text("reasons").array().$type<HoldReason[]>().notNull(),
    findings: jsonb("findings").$type<readonly Finding[]>().notNull(),
    evidence: jsonb("evidence").$type<readonly PeerEvidence[]>().notNull(),
    /** Null when it would be the first price. */
    oldState: text("old_state").$type<OfferState>(),
    oldCharges: jsonb("old_charges").$type<readonly Charge[]>(),
    oldFingerprint: text("old_fingerprint"),
    newState: text("new_state").$type<OfferState>().notNull(),
    newCharges: jsonb("new_charges").$type<readonly Charge[]>().notNull(),
    newDiscount: jsonb("new_discount").$type<Discount>(),
    newFingerprint: text("new_fingerprint").notNull(),
    /** The day of an announced price; null for one that would be in force at once. */
    effectiveAt: instant("effective_at"),
    observedAt: instant("observed_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    jobId: uuid("job_id").notNull(),
    payloadDigest: text("payload_digest"),
    fence: bigint("fence", { mode: "bigint" }),
    decidedAt: instant("decided_at"),
    /** A person or a key; null when it resolved itself. */
    decidedBy: text("decided_by"),
    decision: text("decision"),
  },
  (table) => [
    // One open hold per entry and day; also serves a sync looking for what is held.
    uniqueIndex("price_holds_open")
      .on(
        table.source,
        table.seller,
        table.model,
        table.variant,
        table.listing,
        sql`coalesce(effective_at, '-infinity')`,
      )
      .where(sql`state = 'open'`),
    // Serves: was this value rejected before?
    index("price_holds_rejected")
      .on(table.source)
      .where(sql`state = 'rejected'`),
    // Serves: one model's holds.
    index("price_holds_model").on(table.model, table.seller),
  ],
);

/** A price set by hand, above every source. Kept when it ends, so that the past can be asked. */
export const pricePins = pgTable(
  "price_pins",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    /** Null pins the whole offer: whatever it does not list has no price. */
    meter: text("meter").$type<Meter>(),
    state: text("state").$type<Extract<OfferState, "priced" | "free">>().notNull(),
    charges: jsonb("charges").$type<readonly Charge[]>().notNull(),
    reason: text("reason").notNull(),
    setBy: text("set_by").notNull(),
    setAt: instant("set_at").notNull(),
    expiresAt: instant("expires_at"),
    clearedAt: instant("cleared_at"),
    clearedBy: text("cleared_by"),
    clearReason: text("clear_reason"),
  },
  (table) => [
    // One pin at a time; also serves a price's lookup.
    uniqueIndex("price_pins_active")
      .on(table.model, table.seller, table.variant, sql`coalesce(meter, '')`)
      .where(sql`cleared_at is null`),
    // Serves: the price at a past instant.
    index("price_pins_model").on(table.model, table.seller, table.variant),
  ],
);

/** How much of each meter is used in a month: turns a change of price into money. */
export const modelUsage = pgTable(
  "model_usage",
  {
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    meter: text("meter").$type<Meter>().notNull(),
    /** In the meter's own unit: tokens, requests, seconds. */
    unitsPerMonth: numeric("units_per_month").notNull(),
    updatedAt: instant("updated_at").notNull(),
    updatedBy: text("updated_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.model, table.seller, table.variant, table.meter] })],
);

/** What may change a rate. `due` and `expire`: the day of an announced price, or the end of a pin, has come. */
export const RATE_CAUSES = [
  "sync",
  "approve",
  "pin",
  "unpin",
  "expire",
  "revert",
  "due",
  "delist",
  "rank",
  "spelling",
  "backfill",
] as const;
export type RateCause = (typeof RATE_CAUSES)[number];

/** One row for every transaction that changed a rate, numbered without gaps in the order of their commits. */
export const bookVersions = pgTable(
  "book_versions",
  {
    version: bigint("version", { mode: "bigint" }).primaryKey(),
    at: instant("at").notNull(),
    cause: text("cause").$type<RateCause>().notNull(),
    jobId: uuid("job_id"),
    /** The person or key behind it, and what they gave as the reason. */
    actor: text("actor"),
    reason: text("reason"),
    /** The lease's fence that it was written under. */
    fence: bigint("fence", { mode: "bigint" }),
    /** Prices in force that came, changed and went with it. */
    first: integer("first").notNull().default(0),
    changed: integer("changed").notNull().default(0),
    gone: integer("gone").notNull().default(0),
  },
  (table) => [
    // Serves: the book as it stood at an instant.
    index("book_versions_known").on(table.at, table.version),
    // Serves: what one job changed.
    index("book_versions_job").on(table.jobId),
  ],
);

/**
 * The price in force for one (seller, model, variant), from an instant until the next row begins. Versions say when the book
 * knew it. Rows are only ever closed; `settleRates` is the one that writes here.
 */
export const rates = pgTable(
  "rates",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    seller: text("seller").notNull(),
    model: text("model").notNull(),
    variant: text("variant").notNull(),
    state: text("state").$type<OfferState>().notNull(),
    /** Amounts are decimal strings, USD per one unit. */
    charges: jsonb("charges").$type<readonly Charge[]>().notNull(),
    /** Where the charges come from, meter by meter. Empty when no source lists it any more. */
    origins: jsonb("origins").$type<readonly RateOrigin[]>().notNull(),
    fingerprint: text("fingerprint").notNull(),
    validFrom: instant("valid_from").notNull(),
    /** Where a later row has begun. Null: in force, or announced for a day that nobody has settled yet. */
    validTo: instant("valid_to"),
    versionFrom: bigint("version_from", { mode: "bigint" }).notNull(),
    /** The version that knows better. */
    versionTo: bigint("version_to", { mode: "bigint" }),
    cause: text("cause").$type<RateCause>().notNull(),
    /** It came into force with its version; else it was of the past then, or of a day to come. */
    isNews: boolean("is_news").notNull(),
    /** The row whose place it took then, if there was one. */
    replaces: bigint("replaces", { mode: "bigint" }),
  },
  (table) => [
    // Serves: the present, in the order of pages. Nothing is twice in force from one instant on.
    uniqueIndex("rates_present")
      .on(table.model, table.seller, sql`(variant <> 'default')`, table.variant, table.validFrom)
      .where(sql`version_to is null and valid_to is null`),
    // Serves: the rate at an instant as known at an instant, and one model's timeline. With the version, so that what nobody knew yet
    // is passed over without reading its row.
    index("rates_timeline_known").on(
      table.model,
      table.seller,
      sql`(variant <> 'default')`,
      table.variant,
      table.validFrom.desc(),
      table.versionFrom,
    ),
    // Serves: has the day of an announced price come?
    index("rates_announced")
      .on(table.validFrom)
      .where(sql`not is_news and version_to is null and valid_to is null`),
    // Serves: what began to count between two instants.
    index("rates_begun").on(table.validFrom),
    // Serves: what a version brought.
    index("rates_version").on(table.versionFrom),
    // Serves: what a version closed.
    index("rates_closed")
      .on(table.versionTo)
      .where(sql`version_to is not null`),
  ],
);

/**
 * The order of all sources by rank, from an instant on: the first counts most. Append-only; a trigger
 * puts new sources last, and `source_rank(name)` answers a place in the newest. */
export const sourceOrders = pgTable("source_orders", {
  id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
  at: instant("at").notNull(),
  names: text("names").array().notNull(),
  setBy: text("set_by"),
  reason: text("reason"),
});

/** What is left to build of the rates of a book that was kept before there were any: all keys after this one. */
export const rateBuild = pgTable("rate_build", {
  model: text("model").primaryKey().default(""),
  seller: text("seller").notNull().default(""),
  variant: text("variant").notNull().default(""),
  /** Rows of the history up to this one carry their listing and their seller's identity. */
  historyId: bigint("history_id", { mode: "bigint" })
    .notNull()
    .default(sql`0`),
  /** Its versions are numbered. */
  isBegun: boolean("is_begun").notNull().default(false),
  asOf: instant("as_of").notNull(),
});

/** Spellings of sellers that an admin has added to those that Ratebook knows. */
export const sellerSpellings = pgTable("seller_spellings", {
  /** In lower case. */
  spelling: text("spelling").primaryKey(),
  seller: text("seller").notNull(),
  addedAt: instant("added_at")
    .notNull()
    .default(sql`clock_timestamp()`),
  addedBy: text("added_by").notNull(),
  reason: text("reason").notNull(),
});
