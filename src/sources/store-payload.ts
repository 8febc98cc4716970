import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { eq } from "drizzle-orm";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { sourcePayloads } from "#/sources/schema.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** SHA-256 of a payload's text, in hex: its identity everywhere. */
export function digestPayload(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export type PackedPayload = Readonly<{ digest: string; bytes: number; body: Buffer }>;

/** Compresses off the main thread, before any transaction is open. */
export async function packPayload(text: string): Promise<PackedPayload> {
  const body = await compress(text, { level: 5 });
  return { digest: digestPayload(text), bytes: Buffer.byteLength(text), body };
}

/** Keeps a raw payload; one that is there already is kept once. */
export async function storePayload(tx: Tx, payload: PackedPayload): Promise<void> {
  await tx.insert(sourcePayloads).values(payload).onConflictDoNothing();
}

/** A stored payload with its text. Throws `NOT_FOUND` when retention has removed it, or it never was there. */
export async function getPayload(db: Db, digest: string): Promise<PackedPayload & { text: string }> {
  const [row] = await db.select().from(sourcePayloads).where(eq(sourcePayloads.digest, digest));
  if (row === undefined) throw new AppError("NOT_FOUND", `The payload ${digest} is not stored`);
  return { digest, bytes: row.bytes, body: row.body, text: (await decompress(row.body)).toString("utf8") };
}
