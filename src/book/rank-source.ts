import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { describeSettled, settledChanges } from "#/book/describe-settled.ts";
import { changeOrTry } from "#/book/dry-run.ts";
import { settleRates } from "#/book/settle-rates.ts";
import { lockOrder, writeOrder } from "#/book/source-order.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { OfferKey } from "#/price/offer.ts";

type Input = Readonly<{
  name: string;
  /** The place in the order, from 1 on. */
  rank: number;
  reason: string;
  /** Answers what would come of it, and writes nothing. */
  dryRun: boolean;
}>;

export const rankOutcome = settledChanges.extend({
  /** All sources; the first counts most. */
  order: z.array(z.string()),
  isDryRun: z.boolean(),
});
export type RankOutcome = z.infer<typeof rankOutcome>;

/**
 * Moves a source to another place in the order in which sources count, from now on. A dry run is the same, rolled back, and says
 * which prices move. Throws `NOT_FOUND` for a source that is not there, `INVALID` for a place beyond the last.
 */
export async function rankSource(db: Db, actor: Principal, input: Input): Promise<RankOutcome> {
  return changeOrTry(db, input, (tx) => moveSource(tx, actor, input));
}

async function moveSource(tx: Tx, actor: Principal, { name, rank, reason, dryRun }: Input): Promise<RankOutcome> {
  const before = await lockOrder(tx);
  const from = before.indexOf(name);
  if (from === -1) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
  if (rank > before.length)
    throw new AppError(
      "INVALID",
      `There are ${before.length} sources: the last place is ${before.length}, not ${rank}`,
    );
  const order = before.toSpliced(from, 1).toSpliced(rank - 1, 0, name);
  const isSame = rank - 1 === from;
  if (isSame) return { order, settled: 0, changed: 0, changes: [], monthlyImpactUsd: null, isDryRun: dryRun };
  const since = await writeOrder(tx, { names: order, setBy: actor.label, reason });
  const settled = await settleRates(tx, await listSharedKeys(tx, name), {
    cause: "rank",
    since,
    actor: actor.label,
    reason,
  });
  await recordAudit(tx, actor, {
    action: "sources.rank",
    target: name,
    reason,
    before: { rank: from + 1, order: before },
    after: { rank, order, changed: settled.changed },
  });
  return { order, ...(await describeSettled(tx, settled)), isDryRun: dryRun };
}

/** What a source lists that another one lists as well: only there does the order decide. */
async function listSharedKeys(tx: Tx, name: string): Promise<OfferKey[]> {
  const keys = await tx.execute<OfferKey>(sql`
    select distinct p.seller, p.model, p.variant from model_pricing p where p.source = ${name} and exists (
      select from model_pricing o where (o.model, o.seller, o.variant) = (p.model, p.seller, p.variant) and o.source <> p.source)`);
  return [...keys];
}
