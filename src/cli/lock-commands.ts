import type { Command } from "commander";
import { defineCommand, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatLock } from "#/cli/format-sync.ts";
import type { Session } from "#/cli/session.ts";

/** `ratebook lock …` */
export function addLockCommands(program: Command, run: Run): void {
  const lock = program.command("lock").description("Shows the lock that lets one sync at a time write prices.");
  defineCommand(lock, "status", "Says who holds the lock, for which sync, and for how long.", [
    "lock status",
    "lock status --json | jq .held",
  ]).action((_options: unknown, command: Command) => run(command, showStatus));

  defineCommand(
    lock,
    "release",
    "Takes the lock from a sync that is stuck. Whoever held it can't write any more; the sync runs again.",
    ['lock release --reason "worker 7 hangs since noon"'],
  )
    .requiredOption("--reason <text>", "kept in the audit log")
    .action(({ reason }: { reason: string }, command: Command) => run(command, (session) => release(session, reason)));
}

async function release({ client, print }: Session, reason: string): Promise<ExitCode> {
  const answer = await client.lock.release.mutate({ reason });
  print(answer, () => (answer.released ? "The lock was released." : "Nobody held the lock; nothing was done."));
  return answer.released ? EXIT.ok : EXIT.failed;
}

async function showStatus({ client, print }: Session): Promise<ExitCode> {
  const answer = await client.lock.status.query();
  print(answer, () => formatLock(answer));
  return EXIT.ok;
}
