import { runStep, type Step } from "#/testing/run-steps.ts";

/** `npm run check`: everything that needs no database, at once, in under 20 s. */
const STEPS: readonly Step[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "dead code", command: ["knip"] },
  { name: "documents and lockfile", command: ["node", "src/testing/check-documents.ts"] },
  { name: "licences", command: ["node", "src/testing/check-licences.ts"] },
  { name: "pure tests", command: ["vitest", "run", "--project", "pure", "--reporter", "dot"] },
];

const outcomes = await Promise.all(STEPS.map((step) => runStep(step, "kept")));
for (const { name, ok, seconds, output } of outcomes) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${name.padEnd(24)} ${seconds.toFixed(1).padStart(5)} s\n`);
  if (!ok) process.stdout.write(`${output}\n`);
}
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
