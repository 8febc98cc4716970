/**
 * The performance suite: twelve scenarios against a Ratebook that it starts itself with a simulated market, or against one that runs.
 * Prints each figure with its target, and writes a report as Markdown, JSON and one HTML page.
 *
 *   npm run perf                                   some four minutes
 *   npm run perf -- --only ten-triggers,health     these scenarios alone
 *   npm run perf -- --url URL --key KEY            a Ratebook that runs: it triggers syncs there; what would stop it is left out
 *   npm run perf -- --out FOLDER                   where the report goes; perf/results when absent
 *
 * Exit code 1 when a target is missed or a scenario fails.
 */
import { parseArgs } from "node:util";
import { formatFigure, isMet } from "./figure.ts";
import { describeMachine } from "./machine.ts";
import { printHelp } from "./print-help.ts";
import { connectPlace, openOwnPlace, type Place } from "./suite/place.ts";
import { databaseRestart, users, watchers } from "./suite/crowds.ts";
import { etags, queries } from "./suite/reads.ts";
import { isGood, writeReport, type Outcome, type Report } from "./suite/report.ts";
import type { Scenario } from "./suite/scenario.ts";
import { afterSync, atRest, health, leaks, oneSync, takeover, tenTriggers } from "./suite/syncs.ts";

printHelp(import.meta.url);

const SCENARIOS: readonly Scenario[] = [
  atRest,
  oneSync,
  afterSync,
  queries,
  etags,
  tenTriggers,
  health,
  leaks,
  watchers,
  takeover,
  users,
  databaseRestart,
];

const { url, key, only, out } = parseArgs({
  options: {
    url: { type: "string" },
    key: { type: "string" },
    only: { type: "string" },
    out: { type: "string", default: "perf/results" },
  },
}).values;

const chosen = only === undefined ? SCENARIOS : only.split(",").map(findScenario);

function findScenario(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario !== undefined) return scenario;
  throw new Error(`There is no scenario "${name}"; there are ${SCENARIOS.map((one) => one.name).join(", ")}`);
}

const CLEAR_LINE = "\r\u001b[2K";

/** One line that is written over and over, on a terminal only. */
function tell(words: string): void {
  if (process.stdout.isTTY) process.stdout.write(`${CLEAR_LINE}  … ${words}`);
}

async function runOne(scenario: Scenario, place: Place): Promise<Outcome> {
  const { name, title, needsOwn } = scenario;
  process.stdout.write(`\n${title}\n`);
  if (needsOwn && place.own === undefined) {
    const left = "it needs a Ratebook that the suite has started itself";
    process.stdout.write(`  left out: ${left}\n`);
    return { name, title, left };
  }
  try {
    const figures = await scenario.run(place, tell);
    if (process.stdout.isTTY) process.stdout.write(CLEAR_LINE);
    for (const figure of figures)
      process.stdout.write(`  ${isMet(figure) ? "ok    " : "MISSED"}  ${formatFigure(figure)}\n`);
    return { name, title, figures };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    process.stdout.write(`  FAILED  ${failed}\n`);
    return { name, title, failed };
  }
}

if ((url === undefined) !== (key === undefined)) throw new Error("Name both: --url and --key");
const place = url === undefined || key === undefined ? await openOwnPlace() : connectPlace(url, key);
const outcomes: Outcome[] = [];
try {
  for (const scenario of chosen) outcomes.push(await runOne(scenario, place));
} finally {
  await place.close();
}
const report: Report = {
  at: new Date().toISOString(),
  ...describeMachine(),
  where: url === undefined ? "a server of its own with a simulated market" : new URL(url).host,
  outcomes,
};
const files = await writeReport(report, out);
process.stdout.write(`\nThe report: ${files.join(", ")}\n`);
process.exitCode = isGood(report) ? 0 : 1;
