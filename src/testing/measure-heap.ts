import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** MiB of the heap that are in use after everything that is not has been collected. */
export async function measureHeap(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("this Node can't be told to collect its garbage");
  // What the first pass finalizes is freed by the second.
  for (let pass = 0; pass < 2; pass += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}
