const LONGEST_SECONDS = 24 * 60 * 60;

/** Reads a `Retry-After` header, delta-seconds or HTTP-date (RFC 9110), as whole seconds from `nowMs`, at most 24 hours. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text), LONGEST_SECONDS);
  // Date.parse reads far more than an HTTP-date; only that form is a date here.
  const atMs = /^[A-Za-z]{3,9},? .+ GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(Math.ceil((atMs - nowMs) / 1000), 0), LONGEST_SECONDS);
}
