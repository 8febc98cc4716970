import { sql } from "drizzle-orm";
import { applyDuePrices } from "#/book/apply-due-prices.ts";
import { previewRevert, revertRun, type RevertedPrice } from "#/book/revert-run.ts";
import type { Tx } from "#/platform/database.ts";
import type { SourceResult } from "#/sync/run/apply-payload.ts";
import type { JobInput } from "#/terms/job-kind.ts";
import { NO_COUNTS } from "#/terms/progress.ts";
import { recordSourceOutcome, type SourceRun } from "#/sync/run/record-source-outcome.ts";
import { lockSources } from "#/book/lock-sources.ts";

export type StepInput = SourceRun &
  Readonly<{ source: string; dryRun: boolean; triggeredBy: string; jobInput: JobInput }>;

const LINES_KEPT = 200;

/** Takes back what one run changed at one source, or says what that would do. */
export async function revertStep(tx: Tx, input: StepInput): Promise<SourceResult> {
  const { source, dryRun, jobId, fence, triggeredBy, jobInput } = input;
  const { revertedJobId, reason } = jobInput;
  if (revertedJobId === undefined) throw new Error(`the revert ${jobId} does not say which run it takes back`);
  if (!dryRun) await lockSources(tx, sql`${source}`);
  const { prices, later, monthlyImpactUsd } = await previewRevert(tx, revertedJobId, source);
  const lines = {
    changes: prices.slice(0, LINES_KEPT).map(asChange),
    changesTotal: prices.length,
    monthlyImpactUsd,
    holds: [],
    holdsTotal: 0,
    notes: later === 0 ? [] : [`${later} prices were moved again after that run; they stay as they are`],
  };
  const counts = { ...NO_COUNTS, offers: prices.length, changed: prices.length };
  if (dryRun) {
    const message = `${source}: ${prices.length} prices would go back (dry run: nothing was written)`;
    return { progress: { phase: "done", outcome: "applied", counts }, message, lines };
  }
  await revertRun(tx, { revertedJobId, source, jobId, fence, actor: triggeredBy, reason: reason ?? "" });
  const progress = await recordSourceOutcome(tx, source, input, {
    outcome: "applied",
    counts,
    log: { notes: lines.notes },
  });
  return { progress, message: `${source}: ${prices.length} prices went back`, lines };
}

/** Puts announced prices whose day has come in force at one source. */
export async function applyDueStep(tx: Tx, input: StepInput): Promise<SourceResult> {
  const { source, startedAt } = input;
  await lockSources(tx, sql`${source}`);
  const changed = await applyDuePrices(tx, source, startedAt);
  const counts = { ...NO_COUNTS, offers: changed, changed };
  const progress = await recordSourceOutcome(tx, source, input, { outcome: "applied", counts });
  return { progress, message: `${source}: ${changed} announced prices are in force from today` };
}

function asChange({ seller, model, variant, before, after, monthlyImpactUsd }: RevertedPrice) {
  return { seller, model, variant, before, after, effectiveFrom: null, monthlyImpactUsd };
}
