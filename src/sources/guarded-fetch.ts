import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { request, type Agent, type Dispatcher } from "undici";
import { classifyFetchError, failFetch, FetchRefusal, type FetchFailure } from "#/platform/fetch-failure.ts";
import { openGuardedAgent, refusePrivate } from "#/platform/guarded-agent.ts";
import { orAborted } from "#/platform/or-aborted.ts";
import { isAllowedAddress } from "#/platform/public-address.ts";
import { parseRetryAfter } from "#/platform/retry-after.ts";
import { readBody, tooLarge } from "#/sources/read-body.ts";

export type FetchPayloadInput = Readonly<{
  url: string;
  /**
   * Of the answer that was applied last; a 304 then means "what you have". Dates are not used for this: they have whole
   * seconds and come from file systems, and an older file that is put in place of a newer one would pass for unchanged.
   */
  etag?: string | undefined;
  signal: AbortSignal;
  /** For the whole transfer, redirects included. Default 30,000. */
  timeoutMs?: number;
  /** On the wire and after decompression. Default 64 MiB. */
  maxBytes?: number;
  allowPrivateNetwork: boolean;
  /** Sent to the first origin only; a redirect elsewhere does not take them along. */
  headers?: Readonly<Record<string, string>>;
  /** Bytes on the wire so far, and how many the server announced. */
  onBytes?: (received: number, total?: number) => void;
}>;

type Received = Readonly<{
  etag?: string;
  status: number;
  /** Without its query string. */
  finalUrl: string;
  durationMs: number;
}>;

export type FetchOutcome =
  | (Readonly<{ outcome: "fetched"; text: string; bytes: number }> & Received)
  | (Readonly<{ outcome: "not_modified" }> & Received)
  | FetchFailure;

/** What tests put in place of the system's resolver and of the address rules. */
type FetchSeams = Readonly<{ resolve?: LookupFunction; isAllowed?: (address: string) => boolean }>;

type Trip = Required<Pick<FetchPayloadInput, "timeoutMs" | "maxBytes">> &
  FetchPayloadInput &
  Readonly<{ agent: Agent; isAllowed: (address: string) => boolean; cut: AbortSignal; startedMs: number }>;

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 500, 502, 503, 504]);

/**
 * Gets one payload over http or https, from public addresses only. Every expected failure is a value; throws only on a
 * programming error. No socket stays open afterwards.
 */
export async function fetchPayload(input: FetchPayloadInput, seams: FetchSeams = {}): Promise<FetchOutcome> {
  const { timeoutMs = 30_000, maxBytes = 64 * 1024 * 1024 } = input;
  const isAllowed = seams.isAllowed ?? ((address) => isAllowedAddress(address, input.allowPrivateNetwork));
  const deadline = AbortSignal.timeout(timeoutMs);
  const agent = openGuardedAgent({ isAllowed, timeoutMs, ...(seams.resolve ? { resolve: seams.resolve } : {}) });
  const cut = AbortSignal.any([input.signal, deadline]);
  const trip: Trip = { ...input, timeoutMs, maxBytes, isAllowed, agent, cut, startedMs: performance.now() };
  let host = "the source";
  try {
    const visited = new Set<string>();
    let url = readUrl(input.url);
    for (;;) {
      host = url.host;
      checkHop(trip, url, visited);
      // undici hears the signal only once it is connected; a hanging resolver or connect must not outlast it.
      const asked = request(url, { dispatcher: agent, headers: requestHeaders(trip, url), signal: cut });
      const answer = await orAborted(asked, cut);
      answer.body.on("error", ignoreAbandoned);
      if (!REDIRECTS.has(answer.statusCode)) return await readAnswer(trip, url, answer);
      url = nextHop(url, answer);
    }
  } catch (error) {
    if (input.signal.aborted) return failFetch("aborted", `The transfer from ${host} was cancelled.`);
    if (deadline.aborted)
      return failFetch("timeout", `${host} did not finish within ${timeoutMs / 1000} seconds. Try again later.`);
    return classifyFetchError(error, host);
  } finally {
    await agent.destroy();
  }
}

// A body that nobody reads still reports that it was cut off.
function ignoreAbandoned(): void {}

function readUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null) throw refuse("bad_url", "The address cannot be read as a URL. Check its spelling.");
  url.hash = "";
  return url;
}

function refuse(code: "bad_url" | "redirect_loop" | "too_many_redirects", message: string): FetchRefusal {
  return new FetchRefusal(failFetch(code, message));
}

function checkHop(trip: Trip, url: URL, visited: Set<string>): void {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refuse("bad_url", `Only http and https addresses are fetched, not ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    throw refuse("bad_url", `The address on ${url.host} carries credentials. Put them into a header instead.`);
  if (visited.has(url.href)) throw refuse("redirect_loop", `${url.host} redirects in a circle. Check the address.`);
  if (visited.size > MOST_REDIRECTS)
    throw refuse(
      "too_many_redirects",
      `More than ${MOST_REDIRECTS} redirects, the last one to ${url.host}. Check the address.`,
    );
  visited.add(url.href);
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(literal) && !trip.isAllowed(literal)) throw new FetchRefusal(refusePrivate(url.host));
}

function requestHeaders(trip: Trip, url: URL): Record<string, string> {
  const isFirstOrigin = url.origin === readUrl(trip.url).origin;
  return {
    "user-agent": "ratebook",
    accept: "application/json",
    ...(isFirstOrigin ? trip.headers : {}),
    "accept-encoding": "gzip, br",
    ...(trip.etag ? { "if-none-match": trip.etag } : {}),
  };
}

function nextHop(from: URL, answer: Dispatcher.ResponseData): URL {
  const location = readHeader(answer, "location");
  if (location === undefined) throw refuse("bad_url", `${from.host} redirects without saying where to.`);
  answer.body.destroy();
  const url = readUrl(location, from);
  if (from.protocol === "https:" && url.protocol === "http:")
    throw refuse("bad_url", `${from.host} redirects from https to plain http on ${url.host}, which is refused.`);
  return url;
}

async function readAnswer(trip: Trip, url: URL, answer: Dispatcher.ResponseData): Promise<FetchOutcome> {
  const status = answer.statusCode;
  if (status === 304 && trip.etag) return { outcome: "not_modified", ...received(trip, url, answer) };
  if (status !== 200 && status !== 203) return failStatus(url.host, answer);

  const announced = Number(readHeader(answer, "content-length") ?? Number.NaN);
  if (announced > trip.maxBytes) throw tooLarge(url.host, trip.maxBytes);
  const { text, bytes } = await readBody(answer.body, {
    host: url.host,
    contentEncoding: readHeader(answer, "content-encoding") ?? "",
    maxBytes: trip.maxBytes,
    signal: trip.cut,
    onWireBytes: (soFar) => trip.onBytes?.(soFar, ...(Number.isNaN(announced) ? [] : [announced])),
  });
  return { outcome: "fetched", text, bytes, ...received(trip, url, answer) };
}

function received(trip: Trip, url: URL, answer: Dispatcher.ResponseData): Received {
  const etag = readHeader(answer, "etag");
  return {
    ...(etag ? { etag } : {}),
    status: answer.statusCode,
    finalUrl: url.origin + url.pathname,
    durationMs: Math.round(performance.now() - trip.startedMs),
  };
}

function failStatus(host: string, answer: Dispatcher.ResponseData): FetchFailure {
  const status = answer.statusCode;
  const retryAfterSeconds = parseRetryAfter(readHeader(answer, "retry-after"), Date.now());
  const more = { status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  if (status === 429)
    return failFetch(
      "rate_limited",
      `${host} answered 429: too many requests. It is asked again ${retryAfterSeconds === undefined ? "later" : `in ${retryAfterSeconds} s`}.`,
      more,
    );
  const advice = status === 401 || status === 403 ? " Check the key." : status === 404 ? " Check the address." : "";
  return failFetch("http_status", `${host} answered ${status} instead of a price list.${advice}`, {
    ...more,
    retryable: RETRYABLE_STATUSES.has(status),
  });
}

function readHeader(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
