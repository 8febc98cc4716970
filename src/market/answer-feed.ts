import { setTimeout as sleep } from "node:timers/promises";
import type { createDocumentCache } from "#/market/document-cache.ts";
import type { Fault } from "#/market/fault.ts";
import { renderFeed, wrongRootText } from "#/market/feed-document.ts";
import { FEED_PATHS, type Feed } from "#/market/feed.ts";
import type { Market } from "#/market/market.ts";
import { sendDocument, sendText, sendThenReset, type Exchange } from "#/market/send-document.ts";
import { sendFlood, sendGzipBomb } from "#/market/send-flood.ts";

type Deps = Readonly<{ market: Market; documentOf: ReturnType<typeof createDocumentCache> }>;

const LOGIN_PAGE = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>";

function refuse({ response }: Exchange, status: number, headers: Readonly<Record<string, string>> = {}): void {
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, { ...(hasBody && { "content-type": "application/json" }), ...headers });
  response.end(hasBody ? JSON.stringify({ error: { code: status, message: "simulated fault" } }) : undefined);
}

async function answerHealthy({ market, documentOf }: Deps, exchange: Exchange, feed: Feed): Promise<void> {
  const outcome = await sendDocument(exchange, documentOf(market.catalog(), feed));
  if (outcome === "not-modified") market.count(feed, "notModified");
}

async function answerFault({ market, documentOf }: Deps, exchange: Exchange, fault: Fault): Promise<void> {
  const { feed } = fault;
  const document = (): ReturnType<typeof documentOf> => documentOf(market.catalog(), feed);
  switch (fault.kind) {
    case "status":
      return refuse(exchange, fault.status);
    case "rate-limit":
      return refuse(exchange, 429, { "retry-after": String(fault.retryAfterSeconds) });
    case "delay":
      await sleep(fault.delayMs, undefined, { signal: exchange.closed });
      return answerHealthy({ market, documentOf }, exchange, feed);
    case "drip":
      await sendDocument(exchange, document(), fault);
      return;
    case "truncate": {
      const { bytes } = document();
      return sendText(exchange, bytes.toString().slice(0, Math.floor((bytes.length * fault.keepPercent) / 100)));
    }
    case "html":
      return void exchange.response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(LOGIN_PAGE);
    case "wrong-root":
      return sendText(exchange, wrongRootText(feed));
    case "empty":
    case "half":
    case "bad-entries":
      return sendText(exchange, renderFeed(market.catalog(), feed, fault));
    case "reset":
      return sendThenReset(exchange, document(), fault.keepPercent);
    case "redirect-loop":
      return refuse(exchange, 302, { location: `${FEED_PATHS[feed]}?hop=1` });
    case "redirect":
      return refuse(exchange, fault.status, { location: fault.location });
    case "too-big":
      return sendFlood(exchange, fault.mebibytes);
    case "gzip-bomb":
      return sendGzipBomb(exchange, fault.mebibytes);
  }
}

/**
 * Answers one request for a feed, with its fault when one is set. `hop` is how far a redirect loop went:
 * following the loop is one request, and never uses up another fault.
 */
export async function answerFeed(deps: Deps, exchange: Exchange, feed: Feed, hop?: number): Promise<void> {
  if (hop !== undefined) return refuse(exchange, 302, { location: `${FEED_PATHS[feed]}?hop=${hop + 1}` });
  deps.market.count(feed, "requests");
  const fault = deps.market.faults.take(feed);
  if (!fault) return answerHealthy(deps, exchange, feed);
  deps.market.count(feed, "faulted");
  return answerFault(deps, exchange, fault);
}
