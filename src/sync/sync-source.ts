import { sql } from "drizzle-orm";
import { applySheet, countPresentOffers, listBookedOffers } from "#/book/apply-sheet.ts";
import type { Tx } from "#/platform/database.ts";
import { compareSheets, type SheetComparison } from "#/price/compare-sheets.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import type { PriceSheet } from "#/price/offer.ts";
import type { fetchPayload } from "#/sources/guarded-fetch.ts";
import { adapterFor } from "#/sources/kinds.ts";
import type { sources } from "#/sources/schema.ts";
import { packPayload, storePayload, type PackedPayload } from "#/sources/store-payload.ts";
import { countSheet, describeApplied } from "#/sync/count-sheet.ts";
import { NO_COUNTS, type SourceProgress } from "#/sync/progress.ts";
import {
  recordSourceOutcome,
  type LogEntry,
  type SourceChanges,
  type SourceFinish,
  type SourceRun,
} from "#/sync/record-source-outcome.ts";

export type SourceRow = typeof sources.$inferSelect;

/** What a source came to, for the page and for the event log. */
export type SourceResult = Readonly<{ progress: SourceProgress; message: string }>;

export type SyncSourceDeps = Readonly<{
  fetchPayload: typeof fetchPayload;
  allowPrivateNetwork: boolean;
  /** Runs `apply` in one fenced transaction, together with the progress and the event of its result. */
  write: (source: string, apply: (tx: Tx) => Promise<SourceResult>) => Promise<void>;
  report: (source: string, progress: SourceProgress) => void;
  signal: AbortSignal;
}>;

export type SyncSourceInput = SourceRun & Readonly<{ source: SourceRow; waitSeconds: number }>;

type Problem = Readonly<{ code: string; message: string }>;
/** A payload that was read, and what is to be remembered of it once it is applied. */
type Received = Readonly<{ log: LogEntry; payload: PackedPayload; remember: SourceChanges }>;

const REJECTS_SHOWN = 20;

/**
 * One source's part of a run: fetch, parse, compare, and one fenced transaction with everything it came to. A source
 * that fails says why in words and leaves its last good prices in force. Only a lost lease or an abort throws.
 */
export async function syncSource(deps: SyncSourceDeps, input: SyncSourceInput): Promise<void> {
  const { source, waitSeconds } = input;
  const { name } = source;
  if (waitSeconds > 0) {
    const message = `${hostOf(source.url)} asked us to wait; the next try is possible in ${waitSeconds} s`;
    return fail({ code: "rate_limited", message });
  }

  const adapter = adapterFor(source.kind);
  // A payload that an older parser has read is read again, whatever its digest.
  const parsedBefore = source.appliedParserVersion === adapter.version;
  deps.report(name, { phase: "fetching" });
  const fetched = await deps.fetchPayload({
    url: source.url,
    ...(parsedBefore && source.etag !== null ? { etag: source.etag } : {}),
    signal: deps.signal,
    allowPrivateNetwork: deps.allowPrivateNetwork,
    onBytes: (bytes, totalBytes) =>
      deps.report(name, { phase: "fetching", bytes, ...(totalBytes === undefined ? {} : { totalBytes }) }),
  });
  deps.signal.throwIfAborted();

  if (fetched.outcome === "failed") {
    const { code, message, status, retryAfterSeconds: wait } = fetched;
    const retryAfter = wait === undefined ? null : sql`clock_timestamp() + ${wait} * interval '1 second'`;
    return fail({ code, message }, status === undefined ? {} : { httpStatus: status }, { source: { retryAfter } });
  }
  const transfer: LogEntry = { httpStatus: fetched.status, fetchMs: Math.round(fetched.durationMs) };
  if (fetched.outcome === "not_modified") return unchanged({ ...transfer, payloadDigest: source.appliedDigest }, {});

  const payload = await packPayload(fetched.text);
  const etag = fetched.etag ?? null;
  const read: LogEntry = { ...transfer, bytes: fetched.bytes, payloadDigest: payload.digest };
  if (parsedBefore && payload.digest === source.appliedDigest) return unchanged(read, { etag });

  deps.report(name, { phase: "parsing", bytes: fetched.bytes });
  const parseStart = performance.now();
  const parsed = adapter.parse(fetched.text);
  const log: LogEntry = { ...read, parseMs: Math.round(performance.now() - parseStart) };
  deps.signal.throwIfAborted();
  if (!parsed.ok) return fail(parsed.problem, log, { payload });
  const remember = { etag, appliedDigest: payload.digest, appliedParserVersion: adapter.version };
  return apply(parsed.sheet, { log, payload, remember });

  async function fail(
    error: Problem,
    log: LogEntry = {},
    more: { source?: SourceChanges; payload?: PackedPayload } = {},
  ) {
    await deps.write(name, async (tx) => {
      if (more.payload !== undefined) await storePayload(tx, more.payload);
      return recordFailure(tx, error, log, { source: more.source ?? {} });
    });
  }

  async function recordFailure(
    tx: Tx,
    error: Problem,
    log: LogEntry,
    more: Partial<SourceFinish>,
  ): Promise<SourceResult> {
    const progress = await recordSourceOutcome(tx, name, input, { outcome: "failed", error, log, ...more });
    return { progress, message: `${name} failed: ${error.message}` };
  }

  async function unchanged(log: LogEntry, remember: SourceChanges): Promise<void> {
    await deps.write(name, async (tx) => {
      const states = await countPresentOffers(tx, name);
      const offers = Object.values(states).reduce((sum, present) => sum + present, 0);
      const counts = { ...NO_COUNTS, ...states, offers, unchanged: offers };
      const progress = await recordSourceOutcome(tx, name, input, {
        outcome: "unchanged",
        counts,
        log,
        source: remember,
      });
      return { progress, message: `${name}: ${offers} offers, nothing has changed` };
    });
  }

  async function apply(sheet: PriceSheet, { log, payload, remember }: Received): Promise<void> {
    const offers = sheet.offers.map((offer) => ({ ...offer, fingerprint: fingerprintOffer(offer) }));
    deps.report(name, { phase: "applying", counts: countSheet(sheet) });
    await deps.write(name, async (tx) => {
      const start = performance.now();
      await storePayload(tx, payload);
      const comparison = compareSheets(await listBookedOffers(tx, name), offers);
      if (comparison.collapsed !== undefined) {
        const error = { code: "collapsed", message: describeCollapse(comparison.collapsed) };
        return recordFailure(tx, error, log, { counts: countSheet(sheet) });
      }
      const { delisted } = await applySheet(tx, {
        source: name,
        comparison,
        jobId: input.jobId,
        payloadDigest: payload.digest,
        fence: input.fence,
        cause: "sync",
      });
      const counts = countSheet(sheet, comparison, delisted);
      const progress = await recordSourceOutcome(tx, name, input, {
        outcome: "applied",
        counts,
        log: {
          ...log,
          applyMs: Math.round(performance.now() - start),
          notes: describeGaps(comparison),
          rejectSamples: sheet.rejects.slice(0, REJECTS_SHOWN),
        },
        source: remember,
      });
      return { progress, message: describeApplied(name, counts) };
    });
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function describeCollapse({ before, after }: { before: number; after: number }): string {
  return `lists only ${after} of the ${before} offers the book holds; under half is not believed, nothing was changed`;
}

function describeGaps({ coverageGaps }: SheetComparison): string[] {
  return coverageGaps.map(
    ({ seller, before, lost }) =>
      `${seller}: ${lost} of ${before} offers are not in this payload; too many at once to believe, none was marked missing`,
  );
}
