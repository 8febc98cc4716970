import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { openDatabase } from "#/platform/database.ts";
import type { Encoding } from "#/serve/answer-cache.ts";
import { writeExport, type ExportAsked, type WrittenExport } from "#/serve/write-export.ts";

/** A finished document in each encoding. */
export type BuiltExport = Omit<WrittenExport, "text"> & Readonly<{ bodies: Readonly<Record<Encoding, Uint8Array>> }>;

/** Beyond this, a document gets hardly smaller and takes several times as long. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

/** Runs in a thread: reads the book over a connection of its own, writes the document, and compresses it. */
async function buildExport({
  databaseUrl,
  asked,
}: Readonly<{ databaseUrl: string; asked: ExportAsked }>): Promise<BuiltExport> {
  const { db, close } = openDatabase(databaseUrl, { max: 1, name: "export" });
  try {
    const { text, ...said } = await writeExport(db, asked);
    const identity = Buffer.from(text);
    const [br, gzipped] = await Promise.all([promisify(brotliCompress)(identity, BROTLI), promisify(gzip)(identity)]);
    return { ...said, bodies: { br, gzip: gzipped, identity } };
  } finally {
    await close();
  }
}

/** Loads what an export needs, half a second of it, before one is asked for. */
export function warmUp(): void {}

export default buildExport;
