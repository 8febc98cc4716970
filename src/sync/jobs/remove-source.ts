import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { countLostPrices, delistSource } from "#/book/delist-source.ts";
import { describeSettled, settledChanges } from "#/book/describe-settled.ts";
import { changeOrTry } from "#/book/dry-run.ts";
import { lockOrder, writeOrder } from "#/book/source-order.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findSource } from "#/sources/list-sources.ts";
import { sources } from "#/sources/schema.ts";
import { refuseWhileRead } from "#/sync/jobs/refuse-while-read.ts";

export const removalOutcome = settledChanges.extend({
  /** Prices in force that no other source has: they are gone with it. */
  lost: z.number(),
  isDryRun: z.boolean(),
});
export type RemovalOutcome = z.infer<typeof removalOutcome>;

type Input = Readonly<{
  name: string;
  reason: string;
  /** Removes it though prices are lost. */
  force: boolean;
  /** Answers what would come of it, and writes nothing. */
  dryRun: boolean;
}>;

/**
 * Removes a source: from now on the next one by rank counts where it did. Its history, its payloads and its runs stay, and a pin is
 * above every source, so it stays in force. Throws `NOT_FOUND`, `BUSY` while a run reads it, and `CONFLICT` when prices would be
 * lost and `force` is not set.
 */
export async function removeSource(db: Db, actor: Principal, input: Input): Promise<RemovalOutcome> {
  return changeOrTry(db, input, (tx) => remove(tx, actor, input));
}

async function remove(tx: Tx, actor: Principal, { name, reason, force, dryRun }: Input): Promise<RemovalOutcome> {
  await refuseWhileRead(tx, name);
  const before = await findSource(tx, name);
  if (before === undefined) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
  const order = await lockOrder(tx);
  const settled = await delistSource(tx, { source: name, actor: actor.label, reason });
  const lost = await countLostPrices(tx, settled.version);
  if (lost > 0 && !force && !dryRun)
    throw new AppError(
      "CONFLICT",
      `${lost} ${lost === 1 ? "price" : "prices"} in force would be lost: no other source has them. Remove it by force, or disable it`,
    );
  await tx.delete(sources).where(eq(sources.name, name));
  await writeOrder(tx, { names: order.filter((one) => one !== name), setBy: actor.label, reason });
  const { kind, url, apiKeyEnv, options, rank } = before;
  await recordAudit(tx, actor, {
    action: "sources.remove",
    target: name,
    reason,
    before: { kind, url, apiKeyEnv, options, rank },
    after: { lost, settled: settled.changed },
  });
  return { ...(await describeSettled(tx, settled)), lost, isDryRun: dryRun };
}
