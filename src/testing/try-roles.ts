import { globSync } from "node:fs";
import { dirname } from "node:path";
import { runStep } from "#/testing/run-steps.ts";

// `npm run try:roles`: web and worker as processes of their own, on the embedded Postgres and on the oldest one that this
// machine has installed as a Debian package. A machine without one is told so, in the last line.
const [debian] = globSync("/usr/lib/postgresql/*/bin/postgres")
  .toSorted((a, b) => majorOf(a) - majorOf(b))
  .map(dirname);
const chaos = ["node", "src/testing/chaos/main.ts", "--short", "--only=roles"];

const tries = [
  { name: "embedded Postgres", command: chaos },
  ...(debian === undefined ? [] : [{ name: `Postgres of ${debian}`, command: [...chaos, `--programs=${debian}`] }]),
];
for (const step of tries) {
  process.stdout.write(`== ${step.name}\n`);
  const { ok, seconds } = await runStep(step, "live");
  process.stdout.write(`== ${step.name}: ${ok ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s\n`);
  if (!ok) process.exitCode = 1;
}
if (debian === undefined)
  process.stdout.write(
    "NOT TRIED on an older Postgres: no Debian package of one is installed here. Install it with: apt-get install postgresql\n",
  );

function majorOf(path: string): number {
  return Number(/postgresql\/(\d+)/.exec(path)?.[1]);
}
