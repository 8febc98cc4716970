import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { HOLD_FACTOR, HOLD_RATIO } from "#/book/hold-factor.ts";
import { holdConditions, type HoldFilter } from "#/book/hold-filter.ts";
import { monthlyImpacts } from "#/book/monthly-impact.ts";
import { listPeerEvidence } from "#/book/list-peer-offers.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { decimal, roundSignificant } from "#/price/decimal.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import { OFFER_STATES } from "#/terms/offer.ts";
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
  /** What other sources said when it was held, at `observedAt`. */
  evidence: z.array(peerEvidence),
  /** Null when it would be the first price. */
  old: z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) }).nullable(),
  new: z.object({ state: z.enum(OFFER_STATES), charges: z.array(chargeOutput) }),
  /**
   * New over old of the line that is furthest apart; for a first price, over the nearest of what others asked when it was held. Null
   * when there is nothing to compare, or one side asks nothing.
   */
  ratio: z.string().nullable(),
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
  /** What other sources say now, at `evidenceNowAt`; the same as `evidence` when nothing has moved. */
  evidenceNow: z.array(
    peerEvidence.extend({
      /** Since when its source has said so, and when that last said it again; null when it never has. */
      since: z.string(),
      seenAt: z.string().nullable(),
    }),
  ),
  evidenceNowAt: z.string(),
});
export type ReviewedHold = z.infer<typeof reviewedHold>;

type ListHoldsInput = Readonly<{ filter: HoldFilter; limit: number; cursor?: string | undefined }>;
const heldRow = holdView.omit({ monthlyImpactUsd: true }).extend({ factor: z.string() });
type HeldRow = z.infer<typeof heldRow>;

/** Holds, the worst first, of equally bad ones the newest. */
export async function listHolds(db: Db, input: ListHoldsInput): Promise<HoldView[]> {
  return withImpacts(db, await readHolds(db, input));
}

async function readHolds(db: Db, { filter, limit, cursor }: ListHoldsInput): Promise<HeldRow[]> {
  const page = cursor === undefined ? sql`true` : readCursor(cursor);
  const rows = await db.execute(sql`
    select h.id::text, h.state, h.source, h.seller, h.model, h.variant, h.listing, h.reasons, h.findings, h.evidence,
      case when h.old_state is not null then jsonb_build_object('state', h.old_state, 'charges', h.old_charges) end as old,
      jsonb_build_object('state', h.new_state, 'charges', h.new_charges) as new, ${HOLD_RATIO}::text as ratio, h.factor::text,
      to_json(h.effective_at) #>> '{}' as "effectiveAt", to_json(h.observed_at) #>> '{}' as "observedAt",
      to_json(h.last_seen_at) #>> '{}' as "lastSeenAt",
      greatest(0, extract(epoch from clock_timestamp() - h.observed_at))::float8 as "ageSeconds",
      h.job_id as "jobId", h.payload_digest as "payloadDigest", to_json(h.decided_at) #>> '{}' as "decidedAt",
      h.decided_by as "decidedBy", h.decision
    from (select h.*, ${HOLD_FACTOR} as factor from price_holds h where ${holdConditions(filter)}) h
    where ${page} order by h.factor desc, h.id desc limit ${limit}`);
  return z
    .array(heldRow)
    .parse([...rows])
    .map((hold) => ({ ...hold, ratio: hold.ratio === null ? null : roundSignificant(decimal(hold.ratio), 6) }));
}

async function withImpacts(db: Db, holds: readonly HeldRow[]): Promise<HoldView[]> {
  const impacts = await monthlyImpacts(
    db,
    holds.map((hold) => ({ ...hold, before: hold.old?.charges ?? [], after: hold.new.charges })),
  );
  return holds.map(({ factor: _factor, ...hold }, index) => ({ ...hold, monthlyImpactUsd: impacts[index] ?? null }));
}

/** One page of holds with what other sources say now, and how many the filter lets through in all. */
export async function listReviewedHolds(
  db: Db,
  input: ListHoldsInput,
): Promise<Readonly<{ holds: ReviewedHold[]; total: number; nextCursor: string | null }>> {
  const found = await readHolds(db, { ...input, limit: input.limit + 1 });
  const rows = found.slice(0, input.limit);
  const last = rows.at(-1);
  const [holds, evidenceNowAt, evidence, total] = await Promise.all([
    withImpacts(db, rows),
    nowText(db),
    listPeerEvidence(db, rows),
    countHolds(db, input.filter),
  ]);
  return {
    holds: holds.map((hold, index) => ({ ...hold, evidenceNow: evidence[index] ?? [], evidenceNowAt })),
    total,
    nextCursor: found.length > rows.length && last !== undefined ? writeCursor(last) : null,
  };
}

type OrderInput = Readonly<{ filter: HoldFilter; limit: number }>;

/** The ids of the holds of a filter in the order of `listReviewedHolds`, at most `limit`, and how many it lets through in all. */
export async function listHoldIds(
  db: Db,
  { filter, limit }: OrderInput,
): Promise<Readonly<{ ids: string[]; total: number }>> {
  const rows = await db.execute<{ id: string }>(sql`
    select h.id::text from (select h.id, ${HOLD_FACTOR} as factor from price_holds h where ${holdConditions(filter)}) h
    order by h.factor desc, h.id desc limit ${limit}`);
  return {
    ids: rows.map(({ id }) => id),
    total: rows.length < limit ? rows.length : await countHolds(db, filter),
  };
}

const cursorShape = z.tuple([z.string().regex(/^(Infinity|\d{1,200}(\.\d{1,200})?)$/), z.string().regex(/^\d{1,18}$/)]);

function writeCursor({ factor, id }: HeldRow): string {
  return Buffer.from(JSON.stringify([factor, id])).toString("base64url");
}

function readCursor(cursor: string): SQL {
  try {
    const [factor, id] = cursorShape.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return sql`(h.factor, h.id) < (${factor}::numeric, ${id}::bigint)`;
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not valid. Start again without it", { cause });
  }
}

async function countHolds(db: Db, filter: HoldFilter): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from price_holds h where ${holdConditions(filter)}`,
  );
  return row?.count ?? 0;
}

/** How many holds wait for a person, and the ratio of the worst of them (new over old), if it can be compared. */
export const openHolds = z.object({ open: z.number(), worstRatio: z.string().nullable() });

export async function readOpenHolds(db: Db): Promise<z.infer<typeof openHolds>> {
  const [worst] = await readHolds(db, { filter: { state: "open" }, limit: 1 });
  return { open: worst === undefined ? 0 : await countHolds(db, { state: "open" }), worstRatio: worst?.ratio ?? null };
}
