import { sql, type SQL } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { idSet, lockSources } from "#/book/lock-sources.ts";
import { IS_OPEN } from "#/book/open-holds.ts";
import { putInForce, type MovedOffer } from "#/book/put-in-force.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import { UNKNOWN_FINGERPRINT } from "#/book/unknown-price.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { HoldState } from "#/terms/hold.ts";

/** A decision that is to be taken back, and what has come after it. */
type Decision = Readonly<{
  id: string;
  state: HoldState;
  isTombstone: boolean;
  /** Another hold of the same offer and day is open, or would be opened with it. */
  isHeldAgain: boolean;
  /** What the approval wrote: the announced price in the history, if it stands there. */
  announcedId: string | null;
  /** The approved price is in force now. */
  isInForce: boolean;
  /** Another price than the last good one then is in force now. */
  isMoved: boolean;
  /** The approved price is announced for a day that is yet to come. */
  isAhead: boolean;
}>;

/**
 * Takes decisions back: the holds are open again, and what an approval had put in force or announced is out again, as long
 * as nothing newer stands there. Throws `NOT_FOUND` for a hold that is not there or that no person decided, and `CONFLICT`
 * for one that can't be open again.
 */
export async function reopenHolds(db: Db, actor: Principal, input: ReopenInput): Promise<{ reopened: number }> {
  return reopen(db, actor, input, { isMovedRefused: false });
}

/** Takes one decision back as `reopenHolds` does, and refuses a rejection as well when the price has moved since. */
export async function undoDecision(
  db: Db,
  actor: Principal,
  { holdId, reason }: Readonly<{ holdId: string; reason: string }>,
): Promise<{ reopened: number }> {
  return reopen(db, actor, { ids: [holdId], reason }, { isMovedRefused: true });
}

type ReopenInput = Readonly<{ ids: readonly string[]; reason: string }>;

async function reopen(
  db: Db,
  actor: Principal,
  { ids, reason }: ReopenInput,
  { isMovedRefused }: Readonly<{ isMovedRefused: boolean }>,
): Promise<{ reopened: number }> {
  return db.transaction(async (tx) => {
    const picked = idSet(ids);
    await lockSources(tx, sql`select source from price_holds where id in ${picked}`);
    const found = await readDecisions(tx, picked);
    const decisions = isMovedRefused ? found : found.map((one) => ({ ...one, isMoved: false }));
    refuse(ids, decisions);
    await takeOutOfForce(tx, decisions, { actor: actor.label, reason });
    // Whether the source still asks what is held again is looked at in the next run, though its payload may be the same.
    await tx.execute(sql`
      update sources set applied_parser_version = null where name in (select source from price_holds where id in ${picked})`);
    await tx.execute(sql`
      with decided as (select id, state, decision from price_holds where id in ${picked}),
      reopened as (
        update price_holds set state = 'open', decided_at = null, decided_by = null, decision = null
        where id in ${picked} returning *)
      insert into audit_log (actor_kind, actor_id, actor, address, action, target, reason, before, after)
      select ${actor.kind}, ${actor.id}, ${actor.label}, ${actor.address ?? null}, 'review.reopen',
        'hold ' || id || ': ' || source || ' ' || seller || ' ' || model || ' ' || variant, ${reason},
        jsonb_build_object('state', decided.state, 'decision', decided.decision), jsonb_build_object('state', reopened.state)
      from reopened join decided using (id)`);
    return { reopened: decisions.length };
  });
}

async function readDecisions(tx: Tx, picked: SQL): Promise<readonly Decision[]> {
  return tx.execute<Decision>(sql`
    select d.id::text, d.state, 'REVERTED' = any(d.reasons) as "isTombstone",
      exists (select from price_holds h where h.id <> d.id and (${IS_OPEN} or h.id in ${picked})
        and (h.source, h.seller, h.model, h.variant, h.listing) = (d.source, d.seller, d.model, d.variant, d.listing)
        and h.effective_at is not distinct from d.effective_at) as "isHeldAgain",
      a.id::text as "announcedId",
      coalesce(case when d.effective_at is null then p.fingerprint = d.new_fingerprint else p.history_id = a.id end, false)
        as "isInForce",
      d.effective_at is null and coalesce(p.fingerprint, ${UNKNOWN_FINGERPRINT})
        <> coalesce(d.old_fingerprint, ${UNKNOWN_FINGERPRINT}) as "isMoved",
      a.id is not null and (p.effective_at is null or p.effective_at < d.effective_at) as "isAhead"
    from price_holds d left join model_pricing p using (source, seller, model, variant, listing)
    left join lateral (
      select a.id from model_pricing_history a where a.announced and a.withdrawn_at is null and a.cause = 'approve'
        and (a.source, a.seller, a.model, a.variant, a.listing, a.effective_at, a.fingerprint)
          = (d.source, d.seller, d.model, d.variant, d.listing, d.effective_at, d.new_fingerprint)
      order by a.id desc limit 1) a on true
    where d.id in ${picked} order by d.id for update of d`);
}

function refuse(ids: readonly string[], decisions: readonly Decision[]): void {
  const found = new Set(decisions.map(({ id }) => id));
  const absent = ids.find((id) => !found.has(String(BigInt(id))));
  if (absent !== undefined) throw new AppError("NOT_FOUND", `There is no hold ${absent}. Nothing was reopened`);
  for (const decision of decisions) {
    const problem = findProblem(decision);
    if (problem !== undefined)
      throw new AppError(problem.code, `Hold ${decision.id} ${problem.why}. Nothing was reopened`);
  }
}

function findProblem(decision: Decision): { code: "NOT_FOUND" | "CONFLICT"; why: string } | undefined {
  const { state, isTombstone, isHeldAgain, isInForce, isAhead, isMoved } = decision;
  if (state === "open") return { code: "CONFLICT", why: "is open already" };
  if (state === "resolved") return { code: "NOT_FOUND", why: "resolved itself; no person has decided it" };
  if (isTombstone)
    return {
      code: "CONFLICT",
      why: "records a price that the revert of a run took back; it never waited for a decision. If the price is right, pin it",
    };
  if (isHeldAgain)
    return { code: "CONFLICT", why: "can't be open together with another hold of the same offer and day" };
  if (state === "approved" && !isInForce && !isAhead)
    return { code: "CONFLICT", why: "was approved, and another price has taken the place of the approved one since" };
  if (state === "rejected" && isMoved)
    return { code: "CONFLICT", why: "was rejected, and its source has another price in force since" };
  return undefined;
}

/** Brings back the prices from before the approvals, and withdraws what they announced. */
async function takeOutOfForce(
  tx: Tx,
  decisions: readonly Decision[],
  { actor, reason }: { actor: string; reason: string },
): Promise<void> {
  const approved = decisions.filter(({ state }) => state === "approved");
  const inForce = approved.filter(({ isInForce }) => isInForce).map(({ id }) => id);
  const announced = approved.flatMap(({ announcedId }) => announcedId ?? []);
  const moved: MovedOffer[] = [];
  if (inForce.length > 0)
    moved.push(
      ...(await putInForce(
        tx,
        sql`
        select h.source, h.seller, h.model, h.variant, h.listing, h.listed_as, p.derived_from, coalesce(h.old_state, 'unknown') as state,
          coalesce(h.old_charges, '[]') as charges, null::jsonb as discount,
          coalesce(h.old_fingerprint, ${UNKNOWN_FINGERPRINT}) as fingerprint, clock_timestamp() as effective_at,
          clock_timestamp() as observed_at, h.job_id, h.payload_digest
        from price_holds h join model_pricing p using (source, seller, model, variant, listing)
        where h.id in ${idSet(inForce)}`,
        { cause: "revert", actor, reason },
      )),
    );
  if (announced.length > 0)
    moved.push(
      ...(await tx.execute<MovedOffer>(sql`
      update model_pricing_history set withdrawn_at = clock_timestamp() where id in ${idSet(announced)}
      returning seller, model, variant, to_json(effective_at) #>> '{}' as "effectiveAt"`)),
    );
  await settleMoved(tx, moved, { cause: "revert", actor, reason });
}
