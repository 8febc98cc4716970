// Loaded into a server that is measured (`node --import`): on SIGUSR2 it collects its garbage and prints what is left, in MiB.
import { measureHeap } from "#/testing/measure-heap.ts";

process.on("SIGUSR2", () => void tell());

async function tell(): Promise<void> {
  const heapMib = await measureHeap();
  const heldMib = heapMib + process.memoryUsage().external / 2 ** 20;
  process.stderr.write(`heap ${heldMib.toFixed(2)} MiB\n`);
}
