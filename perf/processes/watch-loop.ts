// Loaded into a server that is measured (`node --import`): on SIGUSR2 it prints how late its event loop was at most since the
// last time, in ms, and its memory, in MiB.
import { monitorEventLoopDelay } from "node:perf_hooks";

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("SIGUSR2", () => {
  const residentMib = Math.round(process.memoryUsage.rss() / 1_048_576);
  process.stderr.write(`loop ${(delay.max / 1e6).toFixed(1)} ms, ${residentMib} MiB\n`);
  delay.reset();
});
