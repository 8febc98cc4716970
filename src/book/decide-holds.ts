import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { holdConditions, type HoldFilter } from "#/book/hold-filter.ts";
import { describeSettled, settledChanges } from "#/book/describe-settled.ts";
import { changeOrTry } from "#/book/dry-run.ts";
import { idSet, lockSources } from "#/book/lock-sources.ts";
import { putInForce } from "#/book/put-in-force.ts";
import { settleMoved, type Settled } from "#/book/settle-rates.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { OfferKey } from "#/price/offer.ts";

export const DECISIONS = ["approve", "reject"] as const;
export type Decision = (typeof DECISIONS)[number];

type DecideHoldsInput = Readonly<{ filter: HoldFilter; reason: string }>;
type DecideHoldsResult = Readonly<{ decided: number }>;

export const decisionOutcome = settledChanges.extend({
  /** How many holds are decided, … */
  decided: z.number(),
  /** … and which, so that the decision can be taken back. */
  ids: z.array(z.string()),
  isDryRun: z.boolean(),
});
export type DecisionOutcome = z.infer<typeof decisionOutcome>;

/**
 * Puts held prices in force, from when they were observed. Every decision is recorded with its reason. Throws `NOT_FOUND`
 * when the filter matches no open hold, so that a second click is told that there is nothing left.
 */
export async function approveHolds(db: Db, actor: Principal, input: DecideHoldsInput): Promise<DecideHoldsResult> {
  return decideAndCount(db, actor, "approve", input);
}

/** Keeps the last good prices, and remembers: the same value is not held again until it changes. Throws `NOT_FOUND`. */
export async function rejectHolds(db: Db, actor: Principal, input: DecideHoldsInput): Promise<DecideHoldsResult> {
  return decideAndCount(db, actor, "reject", input);
}

async function decideAndCount(
  db: Db,
  actor: Principal,
  decision: Decision,
  input: DecideHoldsInput,
): Promise<DecideHoldsResult> {
  const { ids } = await db.transaction((tx) => decide(tx, actor, decision, input));
  return { decided: ids.length };
}

/** Approves or rejects, and says which prices in force move; a dry run is the same, rolled back. Throws `NOT_FOUND` as they do. */
export async function decideHolds(
  db: Db,
  actor: Principal,
  { decision, dryRun, ...input }: DecideHoldsInput & Readonly<{ decision: Decision; dryRun: boolean }>,
): Promise<DecisionOutcome> {
  return changeOrTry(db, { dryRun }, async (tx) => {
    const { ids, settled } = await decide(tx, actor, decision, input);
    return { decided: ids.length, ids, ...(await describeSettled(tx, settled)), isDryRun: dryRun };
  });
}

/** Nothing that counts moves. */
const STANDS: Settled = { version: null, changed: 0 };

type Deciding = Readonly<{ actor: Principal; reason: string }>;

async function putHeldInForce(tx: Tx, picked: SQL, { actor, reason }: Deciding): Promise<Settled> {
  // A price that was set meanwhile, by a revert, is not overtaken in the past: then the approval counts from now.
  const incoming = sql`
      select h.source, h.seller, h.model, h.variant, h.listing, h.listed_as, p.derived_from, h.new_state as state, h.new_charges as charges,
        h.new_discount as discount, h.new_fingerprint as fingerprint,
        case when p.effective_at >= h.observed_at then clock_timestamp() else h.observed_at end as effective_at,
        clock_timestamp() as observed_at, h.job_id, h.payload_digest
      from price_holds h left join model_pricing p using (source, seller, model, variant, listing)
      where h.id in ${picked} and h.effective_at is null`;
  const moved = await putInForce(tx, incoming, { cause: "approve", actor: actor.label, reason });
  const announced = await tx.execute<OfferKey & { effectiveAt: string }>(sql`
      insert into model_pricing_history (source, seller, model, variant, listing, listed_as, state, charges, discount, fingerprint, previous_state,
        previous_charges, effective_at, observed_at, cause, announced, actor, reason, job_id, payload_digest)
      select source, seller, model, variant, listing, listed_as, new_state, new_charges, new_discount, new_fingerprint, old_state, old_charges,
        effective_at, clock_timestamp(), 'approve', true, ${actor.label}, ${reason}, job_id, payload_digest
      from price_holds h where h.id in ${picked} and h.effective_at is not null
      returning seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt"`);
  // What was announced together with a held price is looked at again in the next run.
  await tx.execute(sql`
      update sources set applied_parser_version = null where name in (select source from price_holds where id in ${picked})`);
  return settleMoved(tx, [...moved, ...announced], { cause: "approve", actor: actor.label, reason });
}

async function decide(
  tx: Tx,
  actor: Principal,
  decision: Decision,
  { filter, reason }: DecideHoldsInput,
): Promise<{ ids: string[]; settled: Settled }> {
  const matching = holdConditions({ ...filter, state: "open" });
  await lockSources(tx, sql`select h.source from price_holds h where ${matching}`);
  const rows = await tx.execute<{ id: string }>(
    sql`select h.id::text from price_holds h where ${matching} order by h.id for update`,
  );
  if (rows.length === 0)
    throw new AppError("NOT_FOUND", "No open hold matches; somebody may have decided it, or it has resolved itself");
  const ids = rows.map(({ id }) => id);
  const picked = idSet(ids);
  const settled = decision === "approve" ? await putHeldInForce(tx, picked, { actor, reason }) : STANDS;
  await tx.execute(sql`
      with decided as (
        update price_holds h set state = ${decision === "approve" ? "approved" : "rejected"}, decided_at = clock_timestamp(), decided_by = ${actor.label},
          decision = ${reason}
        where h.id in ${picked} returning *)
      insert into audit_log (actor_kind, actor_id, actor, address, action, target, reason, before, after)
      select ${actor.kind}, ${actor.id}, ${actor.label}, ${actor.address ?? null}, ${`review.${decision}`},
        'hold ' || id || ': ' || source || ' ' || seller || ' ' || model || ' ' || variant, ${reason},
        jsonb_build_object('state', old_state, 'charges', old_charges),
        jsonb_build_object('state', new_state, 'charges', new_charges)
      from decided`);
  return { ids, settled };
}
