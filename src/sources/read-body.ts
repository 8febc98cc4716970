import { PassThrough, type Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { failFetch, FetchRefusal } from "#/platform/fetch-failure.ts";

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ["", () => new PassThrough()],
  ["identity", () => new PassThrough()],
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

type BodyOptions = Readonly<{
  host: string;
  contentEncoding: string;
  /** Limits the bytes on the wire and the bytes after decompression, each. */
  maxBytes: number;
  signal: AbortSignal;
  onWireBytes: (received: number) => void;
}>;

/**
 * Reads a body as UTF-8 text without its BOM, decompressing as it streams, so that a small body which unpacks to a
 * huge one is stopped at `maxBytes`. `bytes` counts after decompression. Throws a `FetchRefusal` or a stream error.
 */
export async function readBody(body: Readable, options: BodyOptions): Promise<{ text: string; bytes: number }> {
  const { host, contentEncoding, maxBytes } = options;
  const createDecoder = DECODERS.get(contentEncoding.trim().toLowerCase());
  if (createDecoder === undefined)
    throw new FetchRefusal(
      failFetch("bad_encoding", `${host} answered in an encoding that was not asked for.`, { retryable: false }),
    );
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  let wireBytes = 0;
  let bytes = 0;

  async function* meterWire(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      wireBytes += chunk.length;
      if (wireBytes > maxBytes) throw tooLarge(host, maxBytes);
      options.onWireBytes(wireBytes);
      yield chunk;
    }
  }
  async function collect(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(host, maxBytes);
      parts.push(utf8.decode(chunk, { stream: true }));
    }
    parts.push(utf8.decode());
  }

  await pipeline(body, meterWire, createDecoder(), collect, { signal: options.signal });
  return { text: parts.join(""), bytes };
}

/** The refusal of a body that is, or says it is, larger than `maxBytes`. */
export function tooLarge(host: string, maxBytes: number): FetchRefusal {
  const limit = `${Math.floor(maxBytes / 1024 / 1024)} MiB`;
  return new FetchRefusal(
    failFetch(
      "too_large",
      `The answer of ${host} is larger than the limit of ${limit}. Check that the address is a price list.`,
    ),
  );
}
