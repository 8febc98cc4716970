import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";

/** Shorter answers get no shorter. */
const SHORTEST_BYTES = 1_024;
/** Up to here a text is packed at once: that takes half a millisecond, and a stream through another thread three times as much. */
const LONGEST_AT_ONCE_BYTES = 256 * 1_024;

/**
 * Compresses what routes answer, for whoever accepts it; streams of events are left alone, as each event has to leave at once.
 * Routes that are installed later are covered. What Next writes is compressed by Next, and its files when they are built.
 */
export async function installCompression(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    encodings: ["br", "gzip"],
    threshold: SHORTEST_BYTES,
    syncThreshold: LONGEST_AT_ONCE_BYTES,
    // A short body could become a very long one before its length is checked.
    globalDecompression: false,
  });
}
