export type FetchFailureCode =
  | "http_status"
  | "rate_limited"
  | "timeout"
  | "connection"
  | "dns"
  | "tls"
  | "too_large"
  | "redirect_loop"
  | "too_many_redirects"
  | "private_address"
  | "bad_url"
  | "bad_encoding"
  | "credentials"
  | "foreign_page"
  | "aborted";

/** `message` is for an operator: which host, what came, what to do. It never holds a query string or credentials. */
export type FetchFailure = Readonly<{
  outcome: "failed";
  code: FetchFailureCode;
  message: string;
  status?: number;
  /** Whole seconds the server asked us to wait, at most 24 hours. */
  retryAfterSeconds?: number;
  /** Whether trying again, unchanged, can help. */
  retryable: boolean;
}>;

const RETRYABLE: ReadonlySet<FetchFailureCode> = new Set([
  "rate_limited",
  "timeout",
  "connection",
  "dns",
  "bad_encoding",
]);

export function failFetch(
  code: FetchFailureCode,
  message: string,
  more: Partial<Pick<FetchFailure, "status" | "retryAfterSeconds" | "retryable">> = {},
): FetchFailure {
  return { outcome: "failed", code, message, retryable: RETRYABLE.has(code), ...more };
}

/** Carries a failure out of a callback or a stream. */
export class FetchRefusal extends Error {
  override readonly name = "FetchRefusal";
  readonly failure: FetchFailure;

  constructor(failure: FetchFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What an error of the network stack means for `host`; rethrows what is no network error. */
export function classifyFetchError(error: unknown, host: string): FetchFailure {
  if (error instanceof FetchRefusal) return error.failure;
  const code = errorCode(error);
  if (code === undefined) throw error;
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code))
    return failFetch("dns", `The name ${host} could not be resolved (${code}). Check the address and the name server.`);
  if (/^(UND_ERR_\w*TIMEOUT|ETIMEDOUT)$/.test(code))
    return failFetch("timeout", `${host} did not answer in time (${code}). Try again later.`);
  if (/^(Z_|ERR_ZLIB|ERR_BROTLI|ERR__ERROR|ERR_PADDING|ERR_ENCODING_INVALID_ENCODED_DATA)/.test(code))
    return failFetch(
      "bad_encoding",
      `The answer of ${host} could not be decoded (${code}): it is cut off or not UTF-8.`,
    );
  if (
    /^(EPROTO|ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/.test(
      code,
    )
  )
    return failFetch("tls", `No trusted TLS connection to ${host} (${code}). Check its certificate and the address.`);
  if (code === "UND_ERR_INVALID_ARG")
    return failFetch("bad_url", `No request to ${host} could be formed. Check the address and the extra headers.`);
  if (/^(UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_SOCKET|ECONNRESET)$/.test(code))
    return failFetch(
      "connection",
      `${host} cut the connection before the payload was complete (${code}). Try again later.`,
    );
  if (/^(UND_ERR_|HPE_|E[A-Z]+$)/.test(code))
    return failFetch(
      "connection",
      `The connection to ${host} failed (${code}). Check that it is up and reachable from here.`,
    );
  throw error;
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error.cause);
}
