import type { Command } from "commander";
import { CliError } from "#/cli/describe-failure.ts";
import { defineCommand, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { followJob } from "#/cli/follow-job.ts";
import { formatSyncList } from "#/cli/format-sync.ts";
import { plural } from "#/cli/format-table.ts";
import { countUpTo, readJobId } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type RetryOptions = Readonly<{ all?: boolean; wait?: boolean; reason?: string }>;

/** `ratebook sync retry|fail|dead-letters|redrive`: what an operator does after something went wrong. */
export function addSyncRepairCommands(sync: Command, run: Run): void {
  defineCommand(
    sync,
    "retry",
    "Queues what failed of an ended sync as a new one. The ended one stays as it is.",
    ["sync retry 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --wait", "sync retry 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --all"],
    "sync",
  )
    .argument("<job-id>", "as `ratebook sync list` shows it", readJobId)
    .option("--all", "everything it was to do, not only what failed")
    .option("--wait", "follow it to its end")
    .option("--reason <text>", "kept in the audit log")
    .action((jobId: string, options: RetryOptions, command: Command) =>
      run(command, (session) => retry(session, jobId, options)),
    );

  defineCommand(sync, "fail", "Ends a stuck sync as failed and shuts its worker out.", [
    'sync fail 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --reason "it hangs since noon"',
  ])
    .argument("<job-id>", "as `ratebook sync list` shows it", readJobId)
    .requiredOption("--reason <text>", "kept with the sync and in the audit log")
    .action((jobId: string, { reason }: { reason: string }, command: Command) =>
      run(command, (session) => fail(session, jobId, reason)),
    );

  defineCommand(sync, "dead-letters", "Lists syncs that failed for good and that nobody has tried again.", [
    "sync dead-letters",
    "sync dead-letters --json | jq -r '.syncs[].jobId'",
  ])
    .option("--limit <n>", "how many", countUpTo(200), 50)
    .action(({ limit }: { limit: number }, command: Command) => run(command, (session) => list(session, limit)));

  defineCommand(sync, "redrive", "Queues dead letters again: those named, or all that are listed.", [
    'sync redrive --reason "the seller is back"',
    'sync redrive 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --reason "the key is set"',
  ])
    .argument("[job-id...]", "without them: every dead letter")
    .requiredOption("--reason <text>", "kept in the audit log")
    .action((jobIds: string[], { reason }: { reason: string }, command: Command) =>
      run(command, (session) => redrive(session, jobIds.map(readJobId), reason)),
    );
}

async function retry(session: Session, jobId: string, { all, wait, reason }: RetryOptions): Promise<ExitCode> {
  const answer = await session.client.syncs.retry.mutate({
    jobId,
    which: all === true ? "all" : "failed",
    ...(reason === undefined ? {} : { reason }),
  });
  const told = answer.outcome === "queued" ? `Queued as sync ${answer.jobId}` : `It is sync ${answer.jobId} already`;
  if (wait === true) {
    session.say(told);
    return followJob(session, answer.jobId);
  }
  session.print(answer, () => `${told}\n`);
  return EXIT.ok;
}

async function fail({ client, print }: Session, jobId: string, reason: string): Promise<ExitCode> {
  const answer = await client.syncs.fail.mutate({ jobId, reason });
  print(answer, () =>
    answer.outcome === "failed"
      ? `Sync ${jobId} is marked as failed; its worker writes nothing more.\n`
      : `Sync ${jobId} had ended already; nothing was done.\n`,
  );
  return answer.outcome === "failed" ? EXIT.ok : EXIT.failed;
}

async function list({ client, print, paint, width }: Session, limit: number): Promise<ExitCode> {
  const answer = await client.syncs.deadLetters.query({ limit });
  print(answer, () => (answer.syncs.length === 0 ? "No dead letters.\n" : formatSyncList(answer.syncs, paint, width)));
  return EXIT.ok;
}

async function redrive({ client, print }: Session, named: readonly string[], reason: string): Promise<ExitCode> {
  const letters = named.length > 0 ? [] : (await client.syncs.deadLetters.query({ limit: 200 })).syncs;
  const jobIds = named.length > 0 ? [...named] : letters.map(({ jobId }) => jobId);
  if (jobIds.length === 0) throw new CliError("There are no dead letters; nothing was queued");
  const answer = await client.syncs.redrive.mutate({ jobIds, reason });
  print(answer, () => `${plural(answer.retries.length, "sync")} queued.\n`);
  return EXIT.ok;
}
