import { sql } from "drizzle-orm";
import { applyDuePrices } from "#/book/apply-due-prices.ts";
import { applyPlan } from "#/book/apply-plan.ts";
import { describePlan } from "#/book/describe-plan.ts";
import { findPeerMark } from "#/book/list-booked-offers.ts";
import { lockSources } from "#/book/lock-sources.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { placeOffers } from "#/price/sellers.ts";
import { planSheet, type SheetPlan } from "#/book/plan-sheet.ts";
import { writeFacts } from "#/book/write-facts.ts";
import { instantText, nowText } from "#/platform/database-clock.ts";
import type { Tx } from "#/platform/database.ts";
import { mergeGuardRules } from "#/price/guard-rules.ts";
import { storePayload } from "#/sources/store-payload.ts";
import { countSheet, describeApplied } from "#/sync/run/count-sheet.ts";
import type { SheetReading } from "#/sync/run/read-source.ts";
import { recordSourceOutcome, type SourceOutcomeWords, type SourceStep } from "#/sync/run/record-source-outcome.ts";
import { cutUnreadFields } from "#/sources/unread-fields.ts";
import type { SourceRow } from "#/sync/run/run.ts";

/** Lines of each list that a result keeps for people. */
export const LINES_KEPT = 200;
const REJECTS_SHOWN = 20;

/** Compares a payload with the book, has the guard judge it, and writes what it comes to. */
export async function applySheet(tx: Tx, step: SourceStep, reading: SheetReading): Promise<SourceOutcomeWords> {
  const { source, jobId, fence } = step;
  const { name } = source;
  const { sheet, payload } = reading;
  const start = performance.now();
  await lockSources(tx, sql`${name}`);
  const observedAt = reading.observedAt ?? (await nowText(tx));
  const order = describeDisorder(source, observedAt);
  if (order !== undefined) return refuseSheet(tx, step, reading, { code: "out_of_order", message: order });
  await storePayload(tx, payload);
  const due = await applyDuePrices(tx, name, observedAt);

  const judgedPeers = await findPeerMark(tx, name);
  const rules = mergeGuardRules(source.guard);
  const offers = placeOffers(sheet.offers, await readSellers(tx));
  const plan = await planSheet(tx, { source: name, offers, observedAt, rules });
  const { collapsed } = plan.comparison;
  if (collapsed !== undefined)
    return refuseSheet(tx, step, reading, { code: "collapsed", message: describeCollapse(collapsed) });
  const result = await describePlan(tx, plan, LINES_KEPT);
  const cause = step.kind === "backfill" ? "backfill" : "sync";
  const origin = { source: name, jobId, payloadDigest: payload.digest, fence, observedAt, cause } as const;
  const written = await applyPlan(tx, plan, origin, due);
  await writeFacts(tx, origin, offers);
  const counts = countSheet(sheet, plan, written.delisted);
  const progress = await recordSourceOutcome(tx, step, {
    outcome: isIdle(plan) ? "unchanged" : "applied",
    counts,
    log: {
      ...reading.log,
      applyMs: Math.round(performance.now() - start),
      notes: result.notes,
      rejectSamples: sheet.rejects.slice(0, REJECTS_SHOWN),
      unreadFields: cutUnreadFields(sheet.unreadFields),
    },
    source: {
      etag: reading.etag,
      appliedDigest: payload.digest,
      appliedParserVersion: reading.parserVersion,
      observedAt: instantText(observedAt),
      judgedPeers,
    },
  });
  return { progress, message: describeApplied(name, counts), result };
}

/** A payload that is not believed as a whole: nothing of it is applied. */
async function refuseSheet(
  tx: Tx,
  step: SourceStep,
  { sheet, log }: SheetReading,
  error: { code: string; message: string },
): Promise<SourceOutcomeWords> {
  const progress = await recordSourceOutcome(tx, step, { outcome: "failed", error, log, counts: countSheet(sheet) });
  return { progress, message: `${step.source.name} failed: ${error.message}` };
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
