/**
 * Ours against floors that are measured in the same run: each bench is a file of `perf/bench/`, and a process of its own.
 *
 *   npm run bench                            all; wants a machine that does nothing else
 *   npm run bench -- --quick                 the same with less data and fewer rounds
 *   npm run bench -- --only lease,trigger    these alone
 *   npm run bench -- --seed 8                other data
 *   npm run bench:peers                      ours beside npm packages and other queues
 *   npm run bench:short                      under a minute, and fails only on a ratio beyond twice its target
 *
 * Exit code 1 when a target is missed.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { NODE_FLAGS } from "#/node-flags.mjs";
import { printHelp } from "./print-help.ts";

printHelp(import.meta.url);

const BENCHES = [
  "trigger",
  "queue",
  "import",
  "scale",
  "watchers",
  "lease",
  "distance",
  "page",
  "idle",
  "budget",
  "rates",
  "quotes",
  "quote-file",
  "serving",
  "crowd",
  "propagation",
  "instant",
  "runs",
  "guard",
] as const;
/** Ours beside what else there is; for information, so they have no targets. */
const PEERS = ["peer-packages", "peer-queues"] as const;
/** Ratios of work that both sides do in the same process or through the same database, so that other work slows both. */
const SHORT = ["lease", "quotes"] as const;

const { short, peers, only, quick, seed } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    seed: { type: "string" },
  },
}).values;

const wanted: readonly string[] = only?.split(",") ?? (short ? SHORT : peers ? PEERS : BENCHES);
for (const name of wanted)
  if (![...BENCHES, ...PEERS].some((bench) => bench === name))
    throw new Error(`There is no bench "${name}"; there are ${[...BENCHES, ...PEERS].join(", ")}`);

const options = [
  ...(short ? ["--short"] : []),
  ...(quick ? ["--quick"] : []),
  ...(seed === undefined ? [] : ["--seed", seed]),
];
const missed: string[] = [];
for (const name of wanted) {
  const file = fileURLToPath(new URL(`bench/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...NODE_FLAGS, file, ...options], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0) missed.push(name);
}
const allMet = short ? "No ratio is beyond twice its target" : "Every target is met";
process.stdout.write(missed.length === 0 ? `\n${allMet}\n` : `\nNot met: ${missed.join(", ")}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
