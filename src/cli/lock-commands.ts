import type { Command } from "commander";
import { defineCommand, defineGroup, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatLock } from "#/cli/format-sync.ts";
import { formatTable } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import type { Session } from "#/cli/session.ts";

/** `ratebook lock …` */
export function addLockCommands(program: Command, run: Run): void {
  const lock = defineGroup(program, "lock", "Shows the lock that lets one sync at a time write prices.");
  defineCommand(lock, "status", "Shows who holds the lock, for which sync, and for how long.", [
    "lock status",
    "lock status --json | jq .held",
  ]).action((_options: unknown, command: Command) => run(command, showStatus));

  defineCommand(lock, "workers", "Lists the workers. Exit code 1 when none is alive.", ["lock workers"]).action(
    (_options: unknown, command: Command) => run(command, listWorkers),
  );

  defineCommand(
    lock,
    "release",
    "Releases the lock of a stuck sync. Its worker can't write any more, and the sync runs again.",
    ['lock release --reason "worker 7 hangs since noon"'],
  )
    .requiredOption("--reason <text>", "kept in the audit log")
    .action(({ reason }: { reason: string }, command: Command) => run(command, (session) => release(session, reason)));
}

async function release({ client, print }: Session, reason: string): Promise<ExitCode> {
  const answer = await client.lock.release.mutate({ reason });
  print(answer, () => (answer.released ? "The lock was released.\n" : "The lock was not held. Nothing was done.\n"));
  return answer.released ? EXIT.ok : EXIT.failed;
}

async function listWorkers({ client, print, width }: Session): Promise<ExitCode> {
  const answer = await client.lock.workers.query();
  const columns = [
    { title: "WORKER", shrinks: true },
    { title: "STATE" },
    { title: "STARTED (UTC)" },
    { title: "LAST HEARD OF (UTC)" },
  ];
  const rows = answer.workers.map(({ name, isAlive, startedAt, seenAt }) => [
    printable(name),
    isAlive ? "alive" : "silent",
    formatInstant(startedAt),
    formatInstant(seenAt),
  ]);
  print(answer, () => (rows.length === 0 ? "No workers.\n" : formatTable(columns, rows, width)));
  return answer.workers.some(({ isAlive }) => isAlive) ? EXIT.ok : EXIT.failed;
}

async function showStatus({ client, print }: Session): Promise<ExitCode> {
  const answer = await client.lock.status.query();
  print(answer, () => formatLock(answer));
  return EXIT.ok;
}
