import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser } from "#/testing/find-browser.ts";
import { findSecrets } from "#/testing/find-secrets.ts";
import { runStep, type Step } from "#/testing/run-steps.ts";

/** `npm test`: every check and every test, from the quickest to the slowest; stops at the first step that fails. */
const STEPS: Readonly<Record<string, () => Step>> = {
  check: () => ({ name: "checks", command: ["node", "src/testing/check.ts"] }),
  db: () => ({
    name: "database and HTTP tests",
    command: ["vitest", "run", "--project", "http", "--project", "db"],
  }),
  bench: () => ({ name: "short bench", command: ["node", "perf/bench.ts", "--short"] }),
  chaos: () => ({
    name: "jobs under faults",
    command: [
      "node",
      "src/testing/chaos/main.ts",
      ...(process.argv[2] === undefined ? ["--short"] : process.argv.slice(3)),
    ],
  }),
  e2e: () => ({
    name: "browser tests",
    command: ["playwright", "test", "--config", "e2e/playwright.config.ts", ...process.argv.slice(3)],
    env: { CHROMIUM_PATH: findBrowser() },
  }),
  look: () => ({
    name: "browser tests, long form",
    command: [
      "playwright",
      "test",
      "--config",
      "e2e/playwright.config.ts",
      ...(process.argv.length > 3 ? process.argv.slice(3) : ["look", "live", "schedules"]),
    ],
    env: { CHROMIUM_PATH: findBrowser(), E2E_FORM: "long" },
  }),
};
/** Without a name: all of these, in this order. */
const WHOLE = ["check", "db", "bench", "chaos", "e2e"];

const isWhole = process.argv[2] === undefined;
const wanted = isWhole ? WHOLE : [process.argv[2] ?? ""];
const logFolder = await mkdtemp(join(tmpdir(), "ratebook-logs-"));
process.env["TEST_LOG_FOLDER"] = logFolder;
for (const name of wanted) {
  const step = STEPS[name]?.();
  if (step === undefined) throw new Error(`There is no step "${name}"; there are ${Object.keys(STEPS).join(", ")}`);
  process.stdout.write(`\n== ${step.name}\n`);
  const { ok, seconds } = await runStep(step, "live");
  process.stdout.write(`== ${step.name}: ${ok ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s\n`);
  if (!ok) {
    process.exitCode = 1;
    break;
  }
}

if (isWhole && process.exitCode === undefined) {
  const problems = await findSecrets(logFolder);
  process.stdout.write(`\n== no secret in any log of this run: ${problems.length === 0 ? "passed" : "FAILED"}\n`);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
await rm(logFolder, { recursive: true, force: true });
