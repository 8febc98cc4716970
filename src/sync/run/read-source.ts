import type { FetchSource } from "#/sources/fetch-source.ts";
import type { FetchOutcome } from "#/sources/guarded-fetch.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { parsePayload } from "#/sources/parse-payload.ts";
import { failSpan, inSpan } from "#/platform/span.ts";
import { packPayload, type PackedPayload } from "#/sources/store-payload.ts";
import type { PriceSheet } from "#/price/offer.ts";
import type { LogEntry, SourceError } from "#/sync/run/record-source-outcome.ts";
import type { PlannedSource, SourceRow } from "#/sync/run/run.ts";
import type { SourceProgress } from "#/terms/progress.ts";

/** What a source came to before the book is asked: a value, read without the database. */
export type SourceReading =
  | Readonly<{
      kind: "failed";
      error: SourceError;
      log: LogEntry;
      payload?: PackedPayload;
      /** When the source may be asked again, as it said just now; null: at any time. Absent: it said nothing. */
      retryAfterSeconds?: number | null;
    }>
  /** The payload that was applied last. `etag` where the source told a new one. */
  | Readonly<{ kind: "unchanged"; log: LogEntry; etag?: string | null }>
  | SheetReading;

export type SheetReading = Readonly<{
  kind: "sheet";
  sheet: PriceSheet;
  payload: PackedPayload;
  log: LogEntry;
  etag: string | null;
  parserVersion: number;
  /** When it was seen, ISO 8601; now when absent. */
  observedAt?: string;
}>;

export type StoredPayload = Readonly<{ payload: PackedPayload & { text: string }; observedAt?: string }>;

export type ReadDeps = Readonly<{
  fetchSource: FetchSource;
  report: (progress: SourceProgress) => void;
  signal: AbortSignal;
}>;

export type ReadInput = PlannedSource &
  Readonly<{
    /** ISO 8601, by the database's clock. */
    startedAt: string;
    /** The payload that was applied last can change nothing more, so "not modified" is all there is to say of it. */
    isSettled: boolean;
  }>;

type Text = Readonly<{ text: string; payload: PackedPayload; log: LogEntry; etag: string | null; observedAt?: string }>;

/** Asks a source. One that fails says so in words, as a value. Throws the signal's reason when it is aborted. */
export async function readSource(deps: ReadDeps, input: ReadInput): Promise<SourceReading> {
  const { source, waitSeconds, isSettled } = input;
  if (waitSeconds > 0) {
    const message = `${hostOf(source.url)} asked us to wait; the next try is possible in ${waitSeconds} s`;
    // Its time is in the row already.
    return { kind: "failed", error: { code: "rate_limited", message, retryable: true, waitSeconds }, log: {} };
  }
  deps.signal.throwIfAborted();
  deps.report({ phase: "fetching" });
  const fetched = await fetchTraced(deps, source, isSettled ? source.etag : null);
  deps.signal.throwIfAborted();
  if (fetched.outcome === "failed") return failedFetch(fetched);
  const transfer: LogEntry = { httpStatus: fetched.status, fetchMs: Math.round(fetched.durationMs) };
  if (fetched.outcome === "not_modified")
    return { kind: "unchanged", log: { ...transfer, payloadDigest: source.appliedDigest } };

  const payload = await packPayload(fetched.text);
  const log: LogEntry = { ...transfer, bytes: fetched.bytes, payloadDigest: payload.digest };
  const etag = fetched.etag ?? null;
  if (isSettled && payload.digest === source.appliedDigest) return { kind: "unchanged", log, etag };
  return readText(deps, input, { text: fetched.text, payload, log, etag });
}

/** The span tells the host alone: an address may carry a key. */
function fetchTraced(deps: ReadDeps, source: SourceRow, etag: string | null): Promise<FetchOutcome> {
  const attributes = { "ratebook.source": source.name, "server.address": hostOf(source.url) };
  return inSpan("source fetch", attributes, async (span) => {
    const fetched = await deps.fetchSource({
      adapter: adapterFor(source.kind),
      url: source.url,
      apiKeyEnv: source.apiKeyEnv,
      options: source.options,
      ...(etag === null ? {} : { etag }),
      signal: deps.signal,
      onBytes: (bytes, totalBytes) =>
        deps.report({ phase: "fetching", bytes, ...(totalBytes === undefined ? {} : { totalBytes }) }),
    });
    if (fetched.status !== undefined) span.setAttribute("http.response.status_code", fetched.status);
    if (fetched.outcome === "failed") failSpan(span, fetched.message);
    return fetched;
  });
}

/** Reads a payload that is kept, instead of asking the source. */
export function readStored(
  deps: ReadDeps,
  input: Pick<ReadInput, "source" | "startedAt">,
  { payload, observedAt }: StoredPayload,
): Promise<SourceReading> {
  const log: LogEntry = { bytes: payload.bytes, payloadDigest: payload.digest };
  const when = observedAt === undefined ? {} : { observedAt };
  // The source's own answer may be another one: its ETag no longer means "what you have applied".
  return readText(deps, input, { text: payload.text, payload, log, etag: null, ...when });
}

async function readText(
  deps: ReadDeps,
  { source, startedAt }: Pick<ReadInput, "source" | "startedAt">,
  { text, payload, log: transferred, etag, observedAt }: Text,
): Promise<SourceReading> {
  const adapter = adapterFor(source.kind);
  deps.report({ phase: "parsing", bytes: payload.bytes });
  const parseStart = performance.now();
  const parsed = await inSpan("source parse", { "ratebook.source": source.name }, async (span) => {
    const result = parsePayload(adapter, text, { observedAt: observedAt ?? startedAt, options: source.options });
    if (!result.ok) failSpan(span, result.problem.message);
    return result;
  });
  const log: LogEntry = { ...transferred, parseMs: Math.round(performance.now() - parseStart) };
  if (!parsed.ok) {
    const { code, message } = parsed.problem;
    // A document that breaks off is the connection's fault, not the format's.
    return { kind: "failed", error: { code, message, retryable: code === "truncated" }, log, payload };
  }
  const when = observedAt === undefined ? {} : { observedAt };
  return { kind: "sheet", sheet: parsed.sheet, payload, log, etag, parserVersion: adapter.version, ...when };
}

function failedFetch(failure: Extract<FetchOutcome, { outcome: "failed" }>): SourceReading {
  const { code, message, status, retryable, retryAfterSeconds } = failure;
  const wait = retryAfterSeconds === undefined ? {} : { waitSeconds: retryAfterSeconds };
  return {
    kind: "failed",
    error: { code, message, retryable, ...wait },
    log: status === undefined ? {} : { httpStatus: status },
    retryAfterSeconds: retryAfterSeconds ?? null,
  };
}

function hostOf(url: SourceRow["url"]): string {
  return URL.parse(url)?.host ?? "an address that is none";
}
