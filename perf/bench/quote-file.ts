/**
 * Quotes a file of generated usage with the command against a route of its own: how many lines a second, and the most memory
 * that the command takes, which must not grow with the file, packed as it is installed. Once for totals and once as rows of FOCUS.
 *
 *   node perf/bench/quote-file.ts [--lines N] [--quick]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { build } from "rolldown";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { openQuoteServer } from "./open-quote-server.ts";
import { runBench } from "./run-bench.ts";

const CHUNK_LINES = 1_000;
const MOST_MIB = 300;
const MODELS = ["bench/a", "bench/b", "bench/c"];
/** What a process took at most, in KiB, as it says itself when it ends. */
const TELL_MEMORY = `data:text/javascript,process.on("exit",()=>console.error("peak "+process.resourceUsage().maxRSS))`;

function* usage(lines: number): Generator<string> {
  yield "id,seller,model,input,cache_read,output\n";
  for (let line = 0; line < lines; line += CHUNK_LINES) {
    const rows = Array.from({ length: Math.min(CHUNK_LINES, lines - line) }, (_, i) => {
      const model = MODELS[i % MODELS.length] ?? "";
      return `${line + i},acme,${model},${1_000 + i},${i % 7 === 0 ? 200 : ""},${300 + (i % 50)}\n`;
    });
    yield rows.join("");
  }
}

type Ran = Readonly<{ code: number | null; seconds: number; peakMib: number; outputBytes: number; stderr: string }>;

async function quote(command: string, url: string, lines: number, options: readonly string[]): Promise<Ran> {
  const args = ["--import", TELL_MEMORY, command, "quote", "-", ...options];
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, RATEBOOK_URL: url },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  let outputBytes = 0;
  child.stdout.on("data", (chunk: Buffer) => (outputBytes += chunk.length));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close");
  await pipeline(Readable.from(usage(lines)), child.stdin);
  await ended;
  const peakKib = Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
  const seconds = (performance.now() - started) / 1_000;
  return { code: child.exitCode, seconds, peakMib: peakKib / 1_024, outputBytes, stderr };
}

const charge = (meter: Charge["meter"], amount: string): Charge => ({ meter, unit: "token", amount: decimal(amount) });
const RATE = {
  seller: "acme",
  model: "bench",
  variant: "default",
  state: "priced",
  charges: [charge("input", "0.0000025"), charge("output", "0.00001")],
} as const;

await runBench("A file of usage", async (bench) => {
  const { values } = parseArgs({ strict: false, options: { lines: { type: "string" } } });
  const lines = Number(values["lines"] ?? (bench.isQuick ? 100_000 : 1_000_000));
  const { app } = await openQuoteServer(bench, RATE);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const folder = await mkdtemp(join(tmpdir(), "ratebook-command-"));
  bench.onClose("packed command", () => rm(folder, { recursive: true }));
  const command = join(folder, "cli.mjs");
  await build({ input: "src/cli/main.ts", platform: "node", output: { file: command, codeSplitting: false } });
  for (const [name, options] of Object.entries({ totals: [], focus: ["--format", "focus"] })) {
    const { code, seconds, peakMib, outputBytes, stderr } = await quote(command, url, lines, options);
    if (code !== 0) throw new Error(`quote ended with ${code}: ${stderr}`);
    const printed = Math.round(outputBytes / 1_048_576).toLocaleString("en");
    bench.report({
      what: `${lines.toLocaleString("en")} lines, ${name}: the most memory of the command`,
      value: peakMib,
      unit: "MiB",
      most: MOST_MIB,
    });
    bench.note(`${Math.round(lines / seconds).toLocaleString("en")} lines/s, ${printed} MiB printed`);
  }
});
