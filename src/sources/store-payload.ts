import { createHash } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { createGunzip, createGzip, gunzip } from "node:zlib";
import { eq } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { sourcePayloads } from "#/sources/schema.ts";

const decompress = promisify(gunzip);

/** A payload to be stored. `digest` is the SHA-256 of its bytes, in hex: its identity everywhere. */
export type PackedPayload = Readonly<{
  digest: string;
  bytes: number;
  /** Compressed. */
  body: Buffer;
}>;

/** Compresses off the main thread, before any transaction is open. */
export async function packPayload(text: string): Promise<PackedPayload> {
  return packBytes([Buffer.from(text)]);
}

/** Digests and compresses bytes as they come, so that a large payload is never in memory as a whole. */
export async function packBytes(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<PackedPayload> {
  const hash = createHash("sha256");
  const gzip = createGzip({ level: 5 });
  const body = buffer(gzip);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
      if (!gzip.write(chunk)) await once(gzip, "drain");
    }
  } catch (error) {
    gzip.destroy();
    await body.catch(() => {});
    throw error;
  }
  gzip.end();
  return { digest: hash.digest("hex"), bytes, body: await body };
}

/** Keeps a raw payload; one that is there already is kept once. */
export async function storePayload(db: Db, payload: PackedPayload): Promise<void> {
  await db.insert(sourcePayloads).values(payload).onConflictDoNothing();
}

export async function hasPayload(db: Db, digest: string): Promise<boolean> {
  return (await db.$count(sourcePayloads, eq(sourcePayloads.digest, digest))) > 0;
}

/** The bytes of a stored payload, as they came. Throws `NOT_FOUND`. */
export async function openPayload(db: Db, digest: string): Promise<Readable> {
  const { body } = await getRow(db, digest);
  return Readable.from([body]).compose(createGunzip());
}

/**
 * A stored payload with its text, which is read as UTF-8 without a byte order mark. Throws `NOT_FOUND` when retention has
 * removed it, or it never was there.
 */
export async function getPayload(db: Db, digest: string): Promise<PackedPayload & { text: string }> {
  const row = await getRow(db, digest);
  const text = new TextDecoder().decode(await decompress(row.body));
  return { digest, bytes: row.bytes, body: row.body, text };
}

async function getRow(db: Db, digest: string) {
  const [row] = await db.select().from(sourcePayloads).where(eq(sourcePayloads.digest, digest));
  if (row === undefined) throw new AppError("NOT_FOUND", `The payload ${digest} is not stored`);
  return row;
}
