import { sql } from "drizzle-orm";
import { applyDuePrices } from "#/book/apply-due-prices.ts";
import { applyPlan } from "#/book/apply-plan.ts";
import { describePlan } from "#/book/describe-plan.ts";
import { countPeerHistory } from "#/book/list-booked-offers.ts";
import { planSheet, type SheetPlan } from "#/book/plan-sheet.ts";
import type { Tx } from "#/platform/database.ts";
import { mergeGuardRules } from "#/price/guard-rules.ts";
import type { PriceSheet } from "#/price/offer.ts";
import { storePayload, type PackedPayload } from "#/sources/store-payload.ts";
import { countSheet, describeApplied } from "#/sync/run/count-sheet.ts";
import type { SourceResult as SourceLines } from "#/terms/job-result.ts";
import {
  recordSourceOutcome,
  type LogEntry,
  type SourceChanges,
  type SourceRow,
  type SourceRun,
} from "#/sync/run/record-source-outcome.ts";
import type { SourceProgress } from "#/terms/progress.ts";
import { lockSources } from "#/book/lock-sources.ts";
import { instantText, nowText } from "#/platform/database-clock.ts";

/** What a source came to, for the page, for the event log and for the job's result. */
export type SourceResult = Readonly<{ progress: SourceProgress; message: string; lines?: SourceLines }>;

/** A payload that was read, and what is to be remembered of it once it is applied. */
export type Received = Readonly<{
  sheet: PriceSheet;
  log: LogEntry;
  payload: PackedPayload;
  remember: SourceChanges;
  /** When it was seen; now when absent. */
  observedAt?: string;
}>;

export type ApplyInput = SourceRun & Readonly<{ source: SourceRow; dryRun: boolean }>;

const LINES_KEPT = 200;
const REJECTS_SHOWN = 20;

/**
 * Compares a payload with the book, has the guard judge it, and writes what it comes to, all in the caller's fenced
 * transaction. A dry run reads the same and writes nothing.
 */
export async function applyPayload(tx: Tx, input: ApplyInput, received: Received): Promise<SourceResult> {
  const { source, dryRun, jobId, fence } = input;
  const { name } = source;
  const { sheet, payload, log } = received;
  const start = performance.now();
  if (!dryRun) await lockSources(tx, sql`${name}`);
  const observedAt = received.observedAt ?? (await nowText(tx));
  const order = describeDisorder(source, observedAt);
  if (order !== undefined) return fail("out_of_order", order);
  if (!dryRun) {
    await storePayload(tx, payload);
    await applyDuePrices(tx, name, observedAt);
  }

  const judgedPeers = await countPeerHistory(tx, name);
  const plan = await planSheet(tx, {
    source: name,
    offers: sheet.offers,
    observedAt,
    rules: mergeGuardRules(source.guard),
  });
  if (plan.comparison.collapsed !== undefined) return fail("collapsed", describeCollapse(plan.comparison.collapsed));
  const lines = await describePlan(tx, plan, LINES_KEPT);
  const { delisted } = dryRun
    ? { delisted: 0 }
    : await applyPlan(tx, plan, { source: name, jobId, payloadDigest: payload.digest, fence, observedAt });
  const counts = countSheet(sheet, plan, delisted);
  const outcome = isIdle(plan) ? "unchanged" : "applied";
  const message = `${describeApplied(name, counts)}${dryRun ? " (dry run: nothing was written)" : ""}`;
  if (dryRun) return { progress: { phase: "done", outcome, counts }, message, lines };
  const progress = await recordSourceOutcome(tx, name, input, {
    outcome,
    counts,
    log: {
      ...log,
      applyMs: Math.round(performance.now() - start),
      notes: lines.notes,
      rejectSamples: sheet.rejects.slice(0, REJECTS_SHOWN),
    },
    source: { ...received.remember, observedAt: instantText(observedAt), judgedPeers },
  });
  return { progress, message, lines };

  async function fail(code: string, why: string): Promise<SourceResult> {
    const message = `${name} failed: ${why}`;
    const counts = countSheet(sheet);
    if (dryRun) return { progress: { phase: "done", outcome: "failed", counts, error: why }, message };
    const progress = await recordSourceOutcome(tx, name, input, {
      outcome: "failed",
      error: { code, message: why },
      log,
      counts,
    });
    return { progress, message };
  }
}

function isIdle({ apply, announce, withdraw, hold, resolve, comparison }: SheetPlan): boolean {
  const moved = [apply, announce, withdraw, hold, resolve, comparison.missing, comparison.returned, comparison.stale];
  return moved.every(({ length }) => length === 0);
}

function describeDisorder({ name, observedAt: last }: SourceRow, observedAt: string): string | undefined {
  if (last === null || Date.parse(observedAt) > last.getTime()) return undefined;
  return `the book has seen ${name} at ${last.toISOString()} already; a payload of ${observedAt} comes too late, history is only added in the order of time`;
}

function describeCollapse({ before, after }: { before: number; after: number }): string {
  return `lists only ${after} of the ${before} offers the book holds; under half is not believed, nothing was changed`;
}
