import { sql } from "drizzle-orm";
import { z } from "zod";
import { holdConditions, type HoldFilter } from "#/book/hold-filter.ts";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { listPeerEvidence } from "#/book/list-peer-offers.ts";
import { IS_OPEN } from "#/book/open-holds.ts";
import type { Db } from "#/platform/database.ts";
import { chargeOutput, OFFER_STATES } from "#/terms/offer.ts";
import { HOLD_STATES, HOLD_REASONS } from "#/terms/hold.ts";

const peerEvidence = z.looseObject({ source: z.string(), seller: z.string(), model: z.string() });

export const holdView = z.object({
  id: z.string(),
  state: z.enum(HOLD_STATES),
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  /** The source's own id of the entry. */
  listing: z.string(),
  /** The main one first. */
  reasons: z.array(z.enum(HOLD_REASONS)),
  findings: z.array(z.looseObject({ reason: z.string(), words: z.string() })),
  /** What other sources said when it was held. */
  evidence: z.array(peerEvidence),
  /** Null when it would be the first price. */
  old: z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) }).nullable(),
  new: z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) }),
  /** The day of an announced price; null for one that would be in force at once. */
  effectiveAt: z.string().nullable(),
  observedAt: z.string(),
  lastSeenAt: z.string(),
  /** Seconds since it was observed, by the database's clock. */
  ageSeconds: z.number(),
  jobId: z.string(),
  payloadDigest: z.string().nullable(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decision: z.string().nullable(),
  /** USD a month more (or less) than now, by the recorded usage; null without usage. */
  monthlyImpactUsd: z.string().nullable(),
});
export type HoldView = z.infer<typeof holdView>;

/** A hold for the person who decides. */
export const reviewedHold = holdView.extend({
  /** What other sources say now; the same as `evidence` when nothing has moved. */
  evidenceNow: z.array(peerEvidence),
});
export type ReviewedHold = z.infer<typeof reviewedHold>;

type ListHoldsInput = Readonly<{ filter: HoldFilter; limit: number; before?: string | undefined }>;

/** Holds, newest first; `before` is the id to continue after. */
export async function listHolds(db: Db, { filter, limit, before }: ListHoldsInput): Promise<HoldView[]> {
  const page = before === undefined ? sql`true` : sql`h.id < ${before}::bigint`;
  const rows = await db.execute(sql`
    select h.id::text, h.state, h.source, h.seller, h.model, h.variant, h.listing, h.reasons, h.findings, h.evidence,
      case when h.old_state is not null then jsonb_build_object('state', h.old_state, 'charges', h.old_charges) end as old,
      jsonb_build_object('state', h.new_state, 'charges', h.new_charges) as new,
      to_json(h.effective_at) #>> '{}' as "effectiveAt", to_json(h.observed_at) #>> '{}' as "observedAt",
      to_json(h.last_seen_at) #>> '{}' as "lastSeenAt",
      greatest(0, extract(epoch from clock_timestamp() - h.observed_at))::float8 as "ageSeconds",
      h.job_id as "jobId", h.payload_digest as "payloadDigest", to_json(h.decided_at) #>> '{}' as "decidedAt",
      h.decided_by as "decidedBy", h.decision
    from price_holds h where ${holdConditions(filter)} and ${page} order by h.id desc limit ${limit}`);
  const holds = z.array(holdView.omit({ monthlyImpactUsd: true })).parse([...rows]);
  const impacts = await monthlyImpacts(
    db,
    holds.map((hold) => ({ ...hold, before: hold.old?.charges ?? [], after: hold.new.charges })),
  );
  return holds.map((hold, index) => ({ ...hold, monthlyImpactUsd: impacts[index] ?? null }));
}

/** The same with what other sources say now. */
export async function listReviewedHolds(db: Db, input: ListHoldsInput): Promise<ReviewedHold[]> {
  const holds = await listHolds(db, input);
  const evidence = await listPeerEvidence(db, holds);
  return holds.map((hold, index) => ({ ...hold, evidenceNow: evidence[index] ?? [] }));
}

export const holdCard = z.object({
  jobId: z.string(),
  source: z.string(),
  seller: z.string(),
  reason: z.enum(HOLD_REASONS),
  holds: z.number(),
  observedAt: z.string(),
  /** A few of its models. */
  models: z.array(z.string()),
});
export type HoldCard = z.infer<typeof holdCard>;

/** What a person decides on at once: the holds of one run, source, seller and main reason. Newest first. */
export async function listHoldCards(db: Db, filter: HoldFilter): Promise<HoldCard[]> {
  const rows = await db.execute(sql`
    select h.job_id as "jobId", h.source, h.seller, h.reasons[1] as reason, count(*)::int as holds,
      to_json(max(h.observed_at)) #>> '{}' as "observedAt", (array_agg(h.model order by h.id))[1:3] as models
    from price_holds h where ${holdConditions(filter)}
    group by h.job_id, h.source, h.seller, h.reasons[1] order by max(h.observed_at) desc, holds desc, h.seller`);
  return z.array(holdCard).parse([...rows]);
}

/** How many holds wait for a person. */
export async function countOpenHolds(db: Db): Promise<number> {
  const [row] = await db.execute<{ open: number }>(
    sql`select count(*)::int as open from price_holds h where ${IS_OPEN}`,
  );
  return row?.open ?? 0;
}
