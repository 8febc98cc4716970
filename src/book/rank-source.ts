import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { countRateChanges, listRateChanges, rateChange } from "#/book/list-rate-changes.ts";
import { settleRates } from "#/book/settle-rates.ts";
import { lockOrder, writeOrder } from "#/book/source-order.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { sumImpacts } from "#/price/cost-impact.ts";
import type { OfferKey } from "#/price/offer.ts";

type Input = Readonly<{
  name: string;
  /** The place in the order, from 1 on. */
  rank: number;
  reason: string;
  /** Answers what would come of it, and writes nothing. */
  dryRun: boolean;
}>;

export const rankOutcome = z.object({
  /** All sources; the first counts most. */
  order: z.array(z.string()),
  /** Prices in force that are others, or come from others, with this order. */
  settled: z.number(),
  /** Those of them that are other amounts, … */
  changed: z.number(),
  /** … the first of them, … */
  changes: z.array(rateChange),
  /** … and what they come to in USD a month, as far as usage is recorded. */
  monthlyImpactUsd: z.string().nullable(),
  isDryRun: z.boolean(),
});
export type RankOutcome = z.infer<typeof rankOutcome>;

const CHANGES_SHOWN = 50;
const MOST_CHANGES = 20_000;

class DryRunEnd extends Error {
  readonly outcome: RankOutcome;
  constructor(outcome: RankOutcome) {
    super("a dry run is rolled back");
    this.outcome = outcome;
  }
}

/**
 * Moves a source to another place in the order in which sources count, from now on. A dry run is the same, rolled back. Throws
 * `NOT_FOUND` for a source that is not there, `INVALID` for a place beyond the last.
 */
export async function rankSource(db: Db, actor: Principal, input: Input): Promise<RankOutcome> {
  try {
    return await db.transaction(async (tx) => {
      const outcome = await moveSource(tx, actor, input);
      if (input.dryRun) throw new DryRunEnd(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof DryRunEnd) return error.outcome;
    throw error;
  }
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
  return { order, settled: settled.changed, ...(await describeVersion(tx, settled.version)), isDryRun: dryRun };
}

/** What a source lists that another one lists as well: only there does the order decide. */
async function listSharedKeys(tx: Tx, name: string): Promise<OfferKey[]> {
  const keys = await tx.execute<OfferKey>(sql`
    select distinct p.seller, p.model, p.variant from model_pricing p where p.source = ${name} and exists (
      select from model_pricing o where (o.model, o.seller, o.variant) = (p.model, p.seller, p.variant) and o.source <> p.source)`);
  return [...keys];
}

async function describeVersion(tx: Tx, version: string | null) {
  if (version === null) return { changed: 0, changes: [], monthlyImpactUsd: null };
  const { first, changed, gone } = await countRateChanges(tx, { version });
  const all = await listRateChanges(tx, { version }, { limit: MOST_CHANGES });
  return {
    changed: first + changed + gone,
    changes: all.slice(0, CHANGES_SHOWN),
    monthlyImpactUsd: sumImpacts(all.map(({ monthlyImpactUsd }) => monthlyImpactUsd)),
  };
}
