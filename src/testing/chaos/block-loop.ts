/** Preloaded into a worker (`--import`): SIGUSR2 blocks its event loop for CHAOS_BLOCK_MS, as a runaway computation does. */
const blockMs = Number(process.env["CHAOS_BLOCK_MS"] ?? 0);
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

process.on("SIGUSR2", () => void Atomics.wait(nobodyWakes, 0, 0, blockMs));
