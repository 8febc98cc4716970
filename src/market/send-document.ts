import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createDocument, type FeedDocument } from "#/market/document-cache.ts";

export type Exchange = Readonly<{ request: IncomingMessage; response: ServerResponse; closed: AbortSignal }>;

const TYPE = "application/json; charset=utf-8";
const DRIP_EVERY_MS = 50;

function wantsGzip(request: IncomingMessage): boolean {
  const accepted = (request.headers["accept-encoding"] ?? "").toLowerCase();
  return accepted.split(",").some((coding) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/.test(coding));
}

function isKnown(request: IncomingMessage, etag: string): boolean {
  const known = request.headers["if-none-match"];
  if (known === undefined) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");
  return known.trim() === "*" || known.split(",").map(opaque).includes(opaque(etag));
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function drip({ response, closed }: Exchange, bytes: Buffer, bytesPerSecond: number): Promise<void> {
  const piece = Math.max(1, Math.round((bytesPerSecond * DRIP_EVERY_MS) / 1000));
  const everyMs = Math.max(DRIP_EVERY_MS, (piece * 1000) / bytesPerSecond);
  for (let at = 0; at < bytes.length; at += piece) {
    await write(response, bytes.subarray(at, at + piece));
    await sleep(everyMs, undefined, { signal: closed });
  }
  response.end();
}

/** Sends a document whole, or slowly, or answers 304. Says which. */
export async function sendDocument(
  exchange: Exchange,
  document: FeedDocument,
  pace?: Readonly<{ bytesPerSecond: number }>,
): Promise<"sent" | "not-modified"> {
  const { request, response } = exchange;
  const headers = { etag: document.etag, "cache-control": "no-cache", vary: "accept-encoding" };
  if (isKnown(request, document.etag)) {
    response.writeHead(304, headers).end();
    return "not-modified";
  }
  const gzip = wantsGzip(request);
  const bytes = gzip ? await document.gzipped() : document.bytes;
  response.writeHead(200, {
    ...headers,
    "content-type": TYPE,
    "content-length": bytes.length,
    ...(gzip && { "content-encoding": "gzip" }),
  });
  if (pace) await drip(exchange, bytes, pace.bytesPerSecond);
  else response.end(bytes);
  return "sent";
}

/** Sends a text as a whole and healthy answer, whatever is in it. */
export async function sendText(exchange: Exchange, text: string): Promise<void> {
  await sendDocument(exchange, createDocument(text));
}

/** Promises the whole document, sends a part, and resets the connection. */
export async function sendThenReset(exchange: Exchange, document: FeedDocument, keepPercent: number): Promise<void> {
  const { response } = exchange;
  const { bytes } = document;
  response.writeHead(200, { "content-type": TYPE, "content-length": bytes.length });
  await write(response, bytes.subarray(0, Math.min(bytes.length - 1, Math.floor((bytes.length * keepPercent) / 100))));
  response.socket?.resetAndDestroy();
}
