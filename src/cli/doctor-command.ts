import type { Command } from "commander";
import { defineCommand, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatChecks } from "#/cli/format-checks.ts";
import type { Session } from "#/cli/session.ts";

/** `ratebook doctor` */
export function addDoctorCommand(program: Command, run: Run): void {
  defineCommand(
    program,
    "doctor",
    "Checks database, queue, lock, workers and sources. Exit code 1 when a check fails.",
    ["doctor", "doctor --json | jq '.checks[] | select(.passed | not)'"],
  ).action((_options: unknown, command: Command) => run(command, showChecks));
}

async function showChecks({ client, print, paint }: Session): Promise<ExitCode> {
  const answer = await client.system.doctor.query();
  print(answer, () => formatChecks(answer.checks, paint));
  return answer.passed ? EXIT.ok : EXIT.failed;
}
