import { eq, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import { applySheet, countPresentOffers, listBookedOffers } from "#/book/apply-sheet.ts";
import type { Tx } from "#/platform/database.ts";
import { compareSheets, type SheetComparison } from "#/price/compare-sheets.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import type { PriceSheet } from "#/price/offer.ts";
import type { fetchPayload } from "#/sources/guarded-fetch.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { sources, type SourceOutcome } from "#/sources/schema.ts";
import { packPayload, storePayload, type PackedPayload } from "#/sources/store-payload.ts";
import { countSheet, describeApplied } from "#/sync/count-sheet.ts";
import type { SourceProgress } from "#/sync/progress.ts";
import { NO_COUNTS, type SourceCounts } from "#/sync/progress.ts";
import { pricingSyncLog } from "#/sync/schema.ts";

export type SourceRow = typeof sources.$inferSelect;

export type SyncSourceDeps = Readonly<{
  fetchPayload: typeof fetchPayload;
  allowPrivateNetwork: boolean;
  /** One fenced transaction that also carries the progress it is given and its event. */
  write: (
    source: string,
    progress: SourceProgress,
    message: string,
    apply: (tx: Tx) => Promise<ApplyResult | undefined>,
  ) => Promise<void>;
  report: (source: string, progress: SourceProgress) => void;
  signal: AbortSignal;
}>;

/** What a transaction found out while it was applying; replaces the progress and message it was started with. */
export type ApplyResult = Readonly<{ progress: SourceProgress; message: string }>;

export type SyncSourceInput = Readonly<{
  jobId: string;
  fence: bigint;
  attempt: number;
  source: SourceRow;
  startedAt: string;
  waitSeconds: number;
}>;

type LogEntry = Partial<typeof pricingSyncLog.$inferInsert>;
type Finish = Readonly<{
  outcome: SourceOutcome;
  counts?: SourceCounts;
  log?: LogEntry;
  row?: PgUpdateSetSource<typeof sources>;
  error?: Readonly<{ code: string; message: string }>;
}>;

/**
 * One source's part of a run: fetch, parse, compare, and one fenced transaction with everything it came to. A source
 * that fails says why in words and leaves its last good prices in force. Only a lost lease or an abort throws.
 */
export async function syncSource(deps: SyncSourceDeps, input: SyncSourceInput): Promise<void> {
  const { source } = input;
  if (input.waitSeconds > 0) {
    const message = `${hostOf(source.url)} asked us to wait; the next try is possible in ${input.waitSeconds} s`;
    return fail({ code: "rate_limited", message });
  }

  const adapter = adapterFor(source.kind);
  const parsedBefore = source.appliedParserVersion === adapter.version;
  deps.report(source.name, { phase: "fetching" });
  const fetched = await deps.fetchPayload({
    url: source.url,
    ...(parsedBefore && source.etag !== null ? { etag: source.etag } : {}),
    signal: deps.signal,
    allowPrivateNetwork: deps.allowPrivateNetwork,
    onBytes: (bytes, totalBytes) =>
      deps.report(source.name, { phase: "fetching", bytes, ...(totalBytes === undefined ? {} : { totalBytes }) }),
  });
  deps.signal.throwIfAborted();

  if (fetched.outcome === "failed") {
    const wait = fetched.retryAfterSeconds;
    const retryAfter = wait === undefined ? null : sql`clock_timestamp() + ${wait} * interval '1 second'`;
    return fail(
      { code: fetched.code, message: fetched.message },
      { log: fetched.status === undefined ? {} : { httpStatus: fetched.status }, row: { retryAfter } },
    );
  }
  const transfer: LogEntry = { httpStatus: fetched.status, fetchMs: Math.round(fetched.durationMs) };
  if (fetched.outcome === "not_modified") return unchanged({ ...transfer, payloadDigest: source.appliedDigest });

  const payload = await packPayload(fetched.text);
  const validators = { etag: fetched.etag ?? null };
  const received: LogEntry = { ...transfer, bytes: fetched.bytes, payloadDigest: payload.digest };
  if (parsedBefore && payload.digest === source.appliedDigest) return unchanged(received, validators);

  deps.report(source.name, { phase: "parsing", bytes: fetched.bytes });
  const parseStart = performance.now();
  const parsed = adapter.parse(fetched.text);
  const log: LogEntry = { ...received, parseMs: Math.round(performance.now() - parseStart) };
  if (!parsed.ok) return fail({ code: parsed.problem.code, message: parsed.problem.message }, { log, payload });
  deps.signal.throwIfAborted();
  return apply(parsed.sheet, { log, payload, validators, parserVersion: adapter.version });

  async function unchanged(entry: LogEntry, row: NonNullable<Finish["row"]> = {}): Promise<void> {
    await deps.write(source.name, { phase: "applying" }, source.name, async (tx) => {
      const states = await countPresentOffers(tx, source.name);
      const offers = Object.values(states).reduce((sum, present) => sum + present, 0);
      const counts: SourceCounts = { ...NO_COUNTS, ...states, offers, unchanged: offers };
      await finish(tx, { outcome: "unchanged", counts, log: entry, row });
      return {
        progress: { phase: "done", outcome: "unchanged", counts },
        message: `${source.name}: ${offers} offers, nothing has changed`,
      };
    });
  }

  async function fail(
    error: { code: string; message: string },
    more: { log?: LogEntry; row?: NonNullable<Finish["row"]>; payload?: PackedPayload } = {},
  ) {
    const progress: SourceProgress = { phase: "done", outcome: "failed", error: error.message };
    await deps.write(source.name, progress, `${source.name} failed: ${error.message}`, async (tx) => {
      if (more.payload !== undefined) await storePayload(tx, more.payload);
      await finish(tx, { outcome: "failed", error, log: more.log ?? {}, row: more.row ?? {} });
      return undefined;
    });
  }

  type Parsed = Readonly<{
    log: LogEntry;
    payload: PackedPayload;
    validators: NonNullable<Finish["row"]>;
    parserVersion: number;
  }>;

  async function apply(
    sheet: PriceSheet,
    { log: entry, payload: packed, validators: row, parserVersion }: Parsed,
  ): Promise<void> {
    const offers = sheet.offers.map((offer) => ({ ...offer, fingerprint: fingerprintOffer(offer) }));
    deps.report(source.name, { phase: "applying", counts: countSheet(sheet) });
    await deps.write(source.name, { phase: "applying" }, `${source.name}: applying`, async (tx) => {
      const start = performance.now();
      await storePayload(tx, packed);
      const comparison = compareSheets(await listBookedOffers(tx, source.name), offers);
      const elapsed = () => ({ ...entry, applyMs: Math.round(performance.now() - start) });
      if (comparison.collapsed !== undefined) return refuseCollapse(tx, sheet, comparison.collapsed, elapsed());

      const { delisted } = await applySheet(tx, {
        source: source.name,
        comparison,
        jobId: input.jobId,
        payloadDigest: packed.digest,
        fence: input.fence,
        cause: "sync",
      });
      const counts = countSheet(sheet, comparison, delisted);
      await finish(tx, {
        outcome: "applied",
        counts,
        log: { ...elapsed(), notes: describeGaps(comparison), rejectSamples: sheet.rejects.slice(0, 20) },
        row: { ...row, appliedDigest: packed.digest, appliedParserVersion: parserVersion },
      });
      return { progress: { phase: "done", outcome: "applied", counts }, message: describeApplied(source.name, counts) };
    });
  }

  async function refuseCollapse(
    tx: Tx,
    sheet: PriceSheet,
    { before, after }: { before: number; after: number },
    log: LogEntry,
  ) {
    const message = `lists only ${after} of the ${before} offers the book holds; under half is not believed, nothing was changed`;
    const counts = countSheet(sheet);
    await finish(tx, { outcome: "failed", counts, error: { code: "collapsed", message }, log });
    const progress: SourceProgress = { phase: "done", outcome: "failed", error: message, counts };
    return { progress, message: `${source.name} failed: ${message}` };
  }

  async function finish(
    tx: Tx,
    { outcome, counts = NO_COUNTS, log: entry = {}, row = {}, error }: Finish,
  ): Promise<void> {
    const values: typeof pricingSyncLog.$inferInsert = {
      notes: [],
      rejectSamples: [],
      ...entry,
      jobId: input.jobId,
      source: source.name,
      outcome,
      counts,
      startedAt: new Date(input.startedAt),
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      attempt: input.attempt,
      fence: input.fence,
    };
    await tx
      .insert(pricingSyncLog)
      .values(values)
      .onConflictDoUpdate({ target: [pricingSyncLog.jobId, pricingSyncLog.source], set: values });
    const succeeded = outcome === "applied" || outcome === "unchanged";
    await tx
      .update(sources)
      .set({
        ...(succeeded ? { lastSuccessAt: sql`clock_timestamp()`, retryAfter: null } : {}),
        ...row,
        lastAttemptAt: sql`clock_timestamp()`,
        lastOutcome: outcome,
        lastError: error?.message ?? null,
      })
      .where(eq(sources.name, source.name));
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function describeGaps({ coverageGaps }: SheetComparison): string[] {
  return coverageGaps.map(
    ({ seller, before, lost }) =>
      `${seller}: ${lost} of ${before} offers are not in this payload; too many at once to believe, none was marked missing`,
  );
}
