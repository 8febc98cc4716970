import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Exchange } from "#/market/send-document.ts";

const MEBIBYTE = Buffer.alloc(1024 * 1024, " ");

function* padded(mebibytes: number): Generator<Buffer> {
  yield Buffer.from('{"data":[');
  for (let sent = 0; sent < mebibytes; sent++) yield MEBIBYTE;
  yield Buffer.from("]}");
}

/** Streams well-formed JSON of a bit more than `mebibytes`, without saying its length first. */
export async function sendFlood({ response }: Exchange, mebibytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
  await pipeline(Readable.from(padded(mebibytes)), response);
}

/** Sends about a thousandth of `mebibytes`, which inflates to all of them; gzipped whether asked for or not. */
export async function sendGzipBomb({ response }: Exchange, mebibytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-encoding": "gzip" });
  await pipeline(Readable.from(padded(mebibytes)), createGzip({ level: 9 }), response);
}
