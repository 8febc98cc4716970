import { sql } from "drizzle-orm";
import { applyDuePrices } from "#/book/apply-due-prices.ts";
import { countOpenHolds, countPresentOffers, touchHolds } from "#/book/list-booked-offers.ts";
import { lockSources } from "#/book/lock-sources.ts";
import { previewRevert, revertRun, type RevertedPrice } from "#/book/revert-run.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import type { Tx } from "#/platform/database.ts";
import { storePayload } from "#/sources/store-payload.ts";
import { applySheet, LINES_KEPT } from "#/sync/run/apply-sheet.ts";
import type { SourceReading } from "#/sync/run/read-source.ts";
import { recordSourceOutcome, type SourceOutcomeWords, type SourceStep } from "#/sync/run/record-source-outcome.ts";
import { NO_COUNTS } from "#/terms/progress.ts";

/** What is to be done at one source: what it said, or what another kind of run asks for. */
export type Reading =
  | SourceReading
  | Readonly<{ kind: "revert"; revertedJobId: string; reason: string; actor: string }>
  | Readonly<{ kind: "due" }>;

/**
 * Writes everything that one reading comes to, in the caller's fenced transaction. A reading that failed leaves the source's
 * last good prices in force. A dry run is the same, rolled back.
 */
export async function applyReading(tx: Tx, step: SourceStep, reading: Reading): Promise<SourceOutcomeWords> {
  if (reading.kind === "failed") return applyFailure(tx, step, reading);
  if (reading.kind === "unchanged") return applyUnchanged(tx, step, reading);
  if (reading.kind === "sheet") return applySheet(tx, step, reading);
  if (reading.kind === "revert") return applyRevert(tx, step, reading);
  return applyDue(tx, step);
}

type ReadingOf<Kind extends Reading["kind"]> = Extract<Reading, { kind: Kind }>;

async function applyFailure(tx: Tx, step: SourceStep, reading: ReadingOf<"failed">): Promise<SourceOutcomeWords> {
  const { error, log, payload, retryAfterSeconds: wait } = reading;
  if (payload !== undefined) await storePayload(tx, payload);
  const retryAfter =
    wait === null || wait === undefined ? null : sql`clock_timestamp() + ${wait} * interval '1 second'`;
  const progress = await recordSourceOutcome(tx, step, {
    outcome: "failed",
    error,
    log,
    ...(wait === undefined ? {} : { source: { retryAfter } }),
  });
  return { progress, message: `${step.source.name} failed: ${error.message}` };
}

async function applyUnchanged(
  tx: Tx,
  step: SourceStep,
  { log, etag }: ReadingOf<"unchanged">,
): Promise<SourceOutcomeWords> {
  const { name } = step.source;
  const states = await countPresentOffers(tx, name);
  const { held, unlisted } = await countOpenHolds(tx, name);
  const present = Object.values(states).reduce((sum, one) => sum + one, 0);
  const offers = present + unlisted;
  await touchHolds(tx, name);
  const progress = await recordSourceOutcome(tx, step, {
    outcome: "unchanged",
    counts: { ...NO_COUNTS, ...states, offers, unchanged: offers - held, stillHeld: held },
    log,
    source: { ...(etag === undefined ? {} : { etag }), observedAt: sql`clock_timestamp()` },
  });
  return { progress, message: `${name}: ${offers} offers, ${held} held, nothing has changed` };
}

/** Takes back what one run changed at one source. */
async function applyRevert(tx: Tx, step: SourceStep, reading: ReadingOf<"revert">): Promise<SourceOutcomeWords> {
  const { jobId, fence, source } = step;
  const { name } = source;
  const { revertedJobId, reason, actor } = reading;
  await lockSources(tx, sql`${name}`);
  const { prices, later, monthlyImpactUsd } = await previewRevert(tx, revertedJobId, name);
  await revertRun(tx, { revertedJobId, source: name, jobId, fence, actor, reason });
  const notes = later === 0 ? [] : [`${later} prices were moved again after that run; they stay as they are`];
  const progress = await recordSourceOutcome(tx, step, {
    outcome: "applied",
    counts: { ...NO_COUNTS, offers: prices.length, changed: prices.length },
    log: { notes },
  });
  const result = {
    changes: prices.slice(0, LINES_KEPT).map(asChange),
    changesTotal: prices.length,
    monthlyImpactUsd,
    holds: [],
    holdsTotal: 0,
    notes,
  };
  return { progress, message: `${name}: ${prices.length} prices went back`, result };
}

function asChange({ seller, model, variant, before, after, monthlyImpactUsd }: RevertedPrice) {
  return { seller, model, variant, before, after, effectiveFrom: null, monthlyImpactUsd };
}

/** Puts announced prices whose day has come in force at one source. */
async function applyDue(tx: Tx, step: SourceStep): Promise<SourceOutcomeWords> {
  const { name } = step.source;
  await lockSources(tx, sql`${name}`);
  const moved = await applyDuePrices(tx, name, step.startedAt);
  await settleMoved(tx, moved, { cause: "due", jobId: step.jobId, fence: step.fence });
  const changed = moved.length;
  const counts = { ...NO_COUNTS, offers: changed, changed };
  const progress = await recordSourceOutcome(tx, step, { outcome: "applied", counts });
  return { progress, message: `${name}: ${changed} announced prices are in force from today` };
}
