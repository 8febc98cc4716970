import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Tx } from "#/platform/database.ts";
import { sourcePayloads } from "#/sources/schema.ts";

const compress = promisify(gzip);

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
