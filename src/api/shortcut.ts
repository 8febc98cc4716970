import type { IncomingMessage, ServerResponse } from "node:http";
import { callerOf, findKnownPrincipal, type KnownKeys } from "#/access/find-holder.ts";
import { headersOf, type RequestCounter } from "#/access/request-counter.ts";
import {
  bookOfExports,
  bookOfPrices,
  namesNewer,
  namesTag,
  unchangedHeaders,
  type AnswerCache,
} from "#/serve/answer-cache.ts";
import type { Snapshot } from "#/serve/snapshot.ts";

type Deps = KnownKeys & Readonly<{ prices: Snapshot; answers: AnswerCache; priceReads: RequestCounter }>;

/** Answers a request if it can, and says which route's it is; else the routes do. */
export type Shortcut = (request: IncomingMessage, response: ServerResponse) => string | undefined;

/**
 * Answers in front of the routes what has been answered before: a read of present prices, by a key that was good a moment ago, of a
 * book that has been confirmed, whose answer is in memory. Gateways ask little else, and walking through all routes takes three
 * times as long as the answer. It counts against the same limit; whatever is out of the ordinary is left to the routes.
 */
export function createShortcut({ prices, answers, priceReads, ...keys }: Deps): Shortcut {
  return (request, response) => {
    const { url = "", headers } = request;
    const asked = request.method === "GET" ? readAsked(url) : undefined;
    const book = prices.current();
    if (asked === undefined || book === undefined) return undefined;
    const principal = findKnownPrincipal(keys, { headers, url });
    if (principal === undefined) return undefined;
    const encoding = answers.negotiate(headers["accept-encoding"]);
    const question = { url, encoding, book: asked.bookOf(book.mark), version: book.mark.version };
    const { tag, answer } = answers.look(question);
    const isKnown = namesTag(headers["if-none-match"], tag);
    if (!isKnown && (answer === undefined || namesNewer(headers["if-none-match"], book.mark.version))) return undefined;
    const left = priceReads.count(callerOf(principal));
    if (left.isExceeded) return undefined;
    if (isKnown || answer === undefined) {
      response.writeHead(304, { ...unchangedHeaders(tag, book.mark.version), ...headersOf(left) }).end();
    } else {
      const length = { "content-length": answer.body.length };
      response.writeHead(200, { ...answer.headers, ...length, ...headersOf(left) }).end(answer.body);
    }
    return asked.route;
  };
}

type Asked = Readonly<{ route: string; bookOf: typeof bookOfPrices }>;

/** Routes whose pattern is their path. */
const PLAIN_EXPORTS = ["/v1/export/csv", "/v1/export/models-dev/api.json"];

/** Whose answers a path asks for; `undefined` for a path that is left to the routes, as is one that waits for a version. */
function readAsked(url: string): Asked | undefined {
  if (url.includes("min_version=")) return undefined;
  const [path = ""] = url.split("?", 1);
  if (path === "/v1/prices") return { route: path, bookOf: bookOfPrices };
  if (!path.startsWith("/v1/export/")) return undefined;
  return { route: PLAIN_EXPORTS.includes(path) ? path : "/v1/export/:format", bookOf: bookOfExports };
}
