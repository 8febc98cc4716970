import { sql } from "drizzle-orm";
import { countOpenHolds, countPresentOffers, needsAnotherLook, touchHolds } from "#/book/list-booked-offers.ts";
import type { Db, Tx } from "#/platform/database.ts";
import type { FetchSource } from "#/sources/fetch-source.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { parsePayload } from "#/sources/parse-payload.ts";
import { getPayload, packPayload, storePayload, type PackedPayload } from "#/sources/store-payload.ts";
import { applyPayload, type SourceResult } from "#/sync/run/apply-payload.ts";
import { NO_COUNTS, type SourceProgress } from "#/terms/progress.ts";
import {
  recordSourceOutcome,
  type LogEntry,
  type SourceChanges,
  type SourceFinish,
  type SourceError,
  type SourceRow,
  type SourceRun,
} from "#/sync/run/record-source-outcome.ts";

export type SyncSourceDeps = Readonly<{
  db: Db;
  fetchSource: FetchSource;
  /** Runs `apply` in one fenced transaction, together with the progress and the event of its result. */
  write: (source: string, apply: (tx: Tx) => Promise<SourceResult>) => Promise<void>;
  report: (source: string, progress: SourceProgress) => void;
  signal: AbortSignal;
}>;

export type SyncSourceInput = SourceRun &
  Readonly<{
    source: SourceRow;
    waitSeconds: number;
    dryRun: boolean;
    /** A stored payload that is read instead of asking the source. */
    stored?: Readonly<{ digest: string; observedAt?: string }>;
  }>;

type ReceivedText = Readonly<{
  text: string;
  payload: PackedPayload;
  log: LogEntry;
  etag: string | null;
  observedAt?: string;
}>;

/**
 * One source's part of a run: fetch, parse, compare, judge, and one fenced transaction with everything it came to. A source
 * that fails says why in words and leaves its last good prices in force. Only a lost lease or an abort throws.
 */
export async function syncSource(deps: SyncSourceDeps, input: SyncSourceInput): Promise<void> {
  const { source, waitSeconds, stored, dryRun } = input;
  const { name } = source;
  const adapter = adapterFor(source.kind);
  if (stored !== undefined) return applyStored(stored);
  if (waitSeconds > 0) {
    const message = `${hostOf(source.url)} asked us to wait; the next try is possible in ${waitSeconds} s`;
    return fail({ code: "rate_limited", message, retryable: true, waitSeconds });
  }

  // A payload that an older parser has read is read again, whatever its digest, and so is one that may still change the book.
  const isSettled = source.appliedParserVersion === adapter.version && !(await needsAnotherLook(deps.db, name));
  deps.report(name, { phase: "fetching" });
  const fetched = await deps.fetchSource({
    adapter,
    url: source.url,
    apiKeyEnv: source.apiKeyEnv,
    options: source.options,
    ...(isSettled && source.etag !== null ? { etag: source.etag } : {}),
    signal: deps.signal,
    onBytes: (bytes, totalBytes) =>
      deps.report(name, { phase: "fetching", bytes, ...(totalBytes === undefined ? {} : { totalBytes }) }),
  });
  deps.signal.throwIfAborted();

  if (fetched.outcome === "failed") {
    const { code, message, status, retryable, retryAfterSeconds: wait } = fetched;
    const retryAfter = wait === undefined ? null : sql`clock_timestamp() + ${wait} * interval '1 second'`;
    const error = { code, message, retryable, ...(wait === undefined ? {} : { waitSeconds: wait }) };
    return fail(error, status === undefined ? {} : { httpStatus: status }, { source: { retryAfter } });
  }
  const transfer: LogEntry = { httpStatus: fetched.status, fetchMs: Math.round(fetched.durationMs) };
  if (fetched.outcome === "not_modified") return unchanged({ ...transfer, payloadDigest: source.appliedDigest }, {});

  const payload = await packPayload(fetched.text);
  const log: LogEntry = { ...transfer, bytes: fetched.bytes, payloadDigest: payload.digest };
  const etag = fetched.etag ?? null;
  if (isSettled && payload.digest === source.appliedDigest) return unchanged(log, { etag });
  return read({ text: fetched.text, payload, log, etag });

  async function applyStored({ digest, observedAt }: { digest: string; observedAt?: string }): Promise<void> {
    const payload = await getPayload(deps.db, digest);
    const log: LogEntry = { bytes: payload.bytes, payloadDigest: digest };
    const when = observedAt === undefined ? {} : { observedAt };
    // The source's own answer may be another one: its ETag no longer means "what you have applied".
    return read({ text: payload.text, payload, log, etag: null, ...when });
  }

  async function read({ text, payload, log: transferred, etag, observedAt }: ReceivedText): Promise<void> {
    deps.report(name, { phase: "parsing", bytes: payload.bytes });
    const parseStart = performance.now();
    const parsed = parsePayload(adapter, text, {
      observedAt: observedAt ?? input.startedAt,
      options: source.options,
    });
    const log: LogEntry = { ...transferred, parseMs: Math.round(performance.now() - parseStart) };
    deps.signal.throwIfAborted();
    // A document that breaks off is the connection's fault, not the format's.
    if (!parsed.ok)
      return fail({ ...parsed.problem, retryable: parsed.problem.code === "truncated" }, log, { payload });
    deps.report(name, { phase: "applying" });
    const remember = { etag, appliedDigest: payload.digest, appliedParserVersion: adapter.version };
    await deps.write(name, (tx) =>
      applyPayload(tx, input, {
        sheet: parsed.sheet,
        log,
        payload,
        remember,
        ...(observedAt === undefined ? {} : { observedAt }),
      }),
    );
  }

  async function fail(
    error: SourceError,
    log: LogEntry = {},
    more: { source?: SourceChanges; payload?: PackedPayload } = {},
  ): Promise<void> {
    await deps.write(name, async (tx) => {
      if (more.payload !== undefined && !dryRun) await storePayload(tx, more.payload);
      const progress = await record(tx, { outcome: "failed", error, log, source: more.source ?? {} });
      return { progress, message: `${name} failed: ${error.message}` };
    });
  }

  async function unchanged(log: LogEntry, remember: SourceChanges): Promise<void> {
    await deps.write(name, async (tx) => {
      const states = await countPresentOffers(tx, name);
      const { held, unlisted } = await countOpenHolds(tx, name);
      const present = Object.values(states).reduce((sum, one) => sum + one, 0);
      const offers = present + unlisted;
      const counts = { ...NO_COUNTS, ...states, offers, unchanged: offers - held, stillHeld: held };
      const seen = { ...remember, observedAt: sql`clock_timestamp()` };
      if (!dryRun) await touchHolds(tx, name);
      const progress = await record(tx, { outcome: "unchanged", counts, log, source: seen });
      return { progress, message: `${name}: ${offers} offers, ${held} held, nothing has changed` };
    });
  }

  async function record(tx: Tx, finish: SourceFinish): Promise<SourceProgress> {
    if (!dryRun) return recordSourceOutcome(tx, name, input, finish);
    const { outcome, counts, error } = finish;
    return {
      phase: "done",
      outcome,
      ...(counts === undefined ? {} : { counts }),
      ...(error === undefined ? {} : { error: error.message }),
    };
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
