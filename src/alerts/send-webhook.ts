import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { request } from "undici";
import { classifyFetchError } from "#/platform/fetch-failure.ts";
import { openGuardedAgent, refusePrivate } from "#/platform/guarded-agent.ts";
import { orAborted } from "#/platform/or-aborted.ts";
import { isAllowedAddress } from "#/platform/public-address.ts";
import { parseRetryAfter } from "#/platform/retry-after.ts";

export type SendInput = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  text: string;
  allowPrivateNetwork: boolean;
  timeoutMs?: number;
  /** Breaks it off: whether the receiver has it is not known then. */
  signal?: AbortSignal | undefined;
}>;

/** `error` is null when the receiver has accepted it, with a status of 2xx. */
export type SendOutcome = Readonly<{
  status: number | null;
  durationMs: number;
  error: string | null;
  retryAfterSeconds?: number;
}>;

/** What tests put in place of the system's resolver and of the address rules. */
type Seams = Readonly<{ resolve?: LookupFunction; isAllowed?: (address: string) => boolean }>;

const TIMEOUT_MS = 15_000;

/**
 * Posts once, to public addresses only, and follows nobody elsewhere. Whatever comes of it is a value, unless it was broken off; what the receiver
 * says beside its status is not read. No socket stays open afterwards.
 */
export async function sendWebhook(input: SendInput, seams: Seams = {}): Promise<SendOutcome> {
  const { text, headers, allowPrivateNetwork, timeoutMs = TIMEOUT_MS } = input;
  const isAllowed = seams.isAllowed ?? ((address) => isAllowedAddress(address, allowPrivateNetwork));
  const agent = openGuardedAgent({ isAllowed, timeoutMs, ...(seams.resolve ? { resolve: seams.resolve } : {}) });
  const url = new URL(input.url);
  const startedMs = performance.now();
  const durationMs = () => Math.round(performance.now() - startedMs);
  const deadline = AbortSignal.timeout(timeoutMs);
  const cut = input.signal === undefined ? deadline : AbortSignal.any([deadline, input.signal]);
  try {
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (ipaddr.isValid(literal) && !isAllowed(literal))
      return { status: null, durationMs: durationMs(), error: refusePrivate(url.host).message };
    // undici hears the signal only once it is connected.
    const answer = await orAborted(
      request(url, {
        method: "POST",
        dispatcher: agent,
        headers: { "content-type": "application/json", "user-agent": "ratebook", ...headers },
        body: text,
        signal: cut,
      }),
      cut,
    );
    answer.body.on("error", () => {});
    const status = answer.statusCode;
    const retryAfterSeconds = parseRetryAfter([answer.headers["retry-after"]].flat()[0], Date.now());
    return {
      status,
      durationMs: durationMs(),
      error: status >= 200 && status < 300 ? null : describeStatus(url.host, status),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  } catch (error) {
    if (input.signal?.aborted) throw error;
    const message = deadline.aborted
      ? `${url.host} did not answer within ${timeoutMs / 1_000} seconds.`
      : classifyFetchError(error, url.host).message;
    return { status: null, durationMs: durationMs(), error: message };
  } finally {
    await agent.destroy();
  }
}

function describeStatus(host: string, status: number): string {
  if (status >= 300 && status < 400)
    return `${host} answered ${status}: it wants the message elsewhere. Redirects are not followed; enter the address itself.`;
  const advice = status === 404 || status === 410 ? " Check the address." : "";
  return `${host} answered ${status}.${advice}`;
}
