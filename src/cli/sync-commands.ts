import { type Command, Option } from "commander";
import type { SyncEvent, SyncStatus } from "#/cli/api-types.ts";
import { defineCommand, formatNote, type Run, withCommonOptions, withEnd } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { followJob } from "#/cli/follow-job.ts";
import { createEventLines } from "#/cli/format-event.ts";
import { describeEnd, formatSync, formatSyncList } from "#/cli/format-sync.ts";
import { collect, countUpTo, readJobId } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";
import { addSyncRepairCommands } from "#/cli/sync-repair-commands.ts";
import { exitCodeOf, watchAll, watchSync } from "#/cli/watch-sync.ts";

const STATUSES = [
  "queued",
  "running",
  "success",
  "partial",
  "failed",
  "cancelled",
] as const satisfies readonly SyncStatus[];

type TriggerOptions = Readonly<{
  source?: readonly string[];
  wait?: boolean;
  dryRun?: boolean;
  ifBusy?: "reject" | "queue";
  requestId?: string;
}>;
type RevertOptions = Readonly<{ reason: string; dryRun?: boolean }>;
type ReplayOptions = Readonly<{ digest?: string; dryRun?: boolean }>;
type ListOptions = Readonly<{ limit: number; status?: SyncStatus }>;

/** `ratebook sync …` */
export function addSyncCommands(program: Command, run: Run): void {
  const sync = withCommonOptions(program.command("sync"))
    .summary("queue a sync of the prices; its subcommands look after syncs")
    .description("Queues a sync: reads the sources and writes what has changed into the book.")
    .option("--source <name>", "only this source; may be given many times (default: all that are enabled)", collect)
    .option("--dry-run", "only say what would change, be held and be rejected; waits for the answer")
    .option("--wait", "follow it to its end; the exit code then says how it ended")
    .addOption(
      new Option("--if-busy <what>", "when another sync runs or waits: wait behind it, or be refused").choices([
        "queue",
        "reject",
      ]),
    )
    .option("--request-id <id>", "the same id is the same sync: makes it safe to ask again after a lost connection")
    .allowExcessArguments()
    .action((options: TriggerOptions, command: Command) => {
      const [word] = command.args;
      if (word !== undefined) throw new CliError(`There is no command "sync ${word}". See: ratebook sync --help`);
      return run(command, (session) => trigger(session, options));
    });
  withEnd(
    sync,
    [
      "sync --wait",
      "sync --source openrouter --source litellm --if-busy reject",
      "sync --request-id nightly-2026-08-01 --wait --json > sync.json",
      "sync watch",
    ],
    "sync",
  ).addHelpText("after", formatNote("Without --wait and --dry-run it only queues: the exit code is then 0 or 1."));

  defineCommand(sync, "status", "Shows a sync, what every source came to, and what was rejected and why.", [
    "sync status 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11",
    "sync status 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --json",
  ])
    .argument("<job-id>", "as `ratebook sync` printed it", readJobId)
    .action((jobId: string, _options: unknown, command: Command) =>
      run(command, (session) => showStatus(session, jobId)),
    );

  defineCommand(sync, "list", "Lists syncs, newest first.", ["sync list", "sync list --status failed --limit 5"])
    .option("--limit <n>", "how many", countUpTo(200), 20)
    .addOption(new Option("--status <status>", "only these").choices(STATUSES))
    .action((options: ListOptions, command: Command) => run(command, (session) => list(session, options)));

  defineCommand(
    sync,
    "watch",
    "Follows a sync to its end, or all syncs from now on. Lives through a restart of the server.",
    ["sync watch", "sync watch 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11", "sync watch --json | jq .data.message"],
    "sync",
  )
    .argument("[job-id]", "without it: everything, until Ctrl-C", readJobId)
    .addHelpText(
      "after",
      formatNote(
        "The exit code tells a sync's end only with a job id. With --json: one JSON document a line, one line an event.",
      ),
    )
    .action((jobId: string | undefined, _options: unknown, command: Command) =>
      run(command, (session) => watch(session, jobId)),
    );

  defineCommand(
    sync,
    "revert",
    "Takes back what one run changed. What later runs changed stays as it is.",
    [
      'sync revert 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --dry-run --reason "look first"',
      'sync revert 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11 --reason "the seller had the wrong unit"',
    ],
    "sync",
  )
    .argument("<job-id>", "as `ratebook sync list` shows it", readJobId)
    .requiredOption("--reason <text>", "kept in the history and in the audit log")
    .option("--dry-run", "only say what would go back")
    .addHelpText(
      "after",
      formatNote("The values it takes back are remembered as rejected: the next sync does not bring them back."),
    )
    .action((jobId: string, options: RevertOptions, command: Command) =>
      run(command, (session) => revert(session, jobId, options)),
    );

  defineCommand(
    sync,
    "replay",
    "Reads a source's stored payload again, after its parser was mended.",
    ["sync replay litellm --dry-run", "sync replay litellm"],
    "sync",
  )
    .argument("<source>", "its name")
    .option("--digest <sha256>", "one of its stored payloads (default: the newest)")
    .option("--dry-run", "only say what would change and be held")
    .action((source: string, options: ReplayOptions, command: Command) =>
      run(command, (session) => replay(session, source, options)),
    );

  defineCommand(
    sync,
    "cancel",
    "Stops a sync: a queued one at once, a running one within seconds. What it wrote stays.",
    ["sync cancel 6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11"],
  )
    .argument("<job-id>", "as `ratebook sync list` shows it", readJobId)
    .option("--reason <text>", "kept with the sync and in the audit log")
    .action((jobId: string, { reason }: { reason?: string }, command: Command) =>
      run(command, (session) => cancel(session, jobId, reason)),
    );

  addSyncRepairCommands(sync, run);
}

async function trigger(session: Session, options: TriggerOptions): Promise<ExitCode> {
  const { source, wait, dryRun, ifBusy, requestId } = options;
  const queued = await session.client.syncs.trigger.mutate({
    ...(dryRun === true ? { dryRun } : {}),
    ...(source === undefined ? {} : { sources: [...source] }),
    ...(ifBusy === undefined ? {} : { ifBusy }),
    ...(requestId === undefined ? {} : { requestId }),
  });
  const { jobId } = queued;
  const told = queued.outcome === "queued" ? `Queued as sync ${jobId}` : `This request is sync ${jobId} already`;
  if (wait !== true && dryRun !== true) {
    session.print(queued, () => `${told}\n`);
    session.say(`Follow it with: ratebook sync watch ${jobId}`);
    return EXIT.ok;
  }

  session.say(told);
  return followJob(session, jobId);
}

async function revert(session: Session, jobId: string, { reason, dryRun }: RevertOptions): Promise<ExitCode> {
  const input = { jobId, reason, ...(dryRun === true ? { dryRun } : {}) };
  const queued = await session.client.syncs.revert.mutate(input);
  return followJob(session, queued.jobId);
}

async function replay(session: Session, source: string, { digest, dryRun }: ReplayOptions): Promise<ExitCode> {
  const queued = await session.client.syncs.replay.mutate({
    source,
    ...(digest === undefined ? {} : { digest }),
    ...(dryRun === true ? { dryRun } : {}),
  });
  return followJob(session, queued.jobId);
}

async function showStatus({ client, print, paint, width }: Session, jobId: string): Promise<ExitCode> {
  const detail = await client.syncs.get.query({ jobId });
  print(detail, () => formatSync(detail, paint, width));
  return EXIT.ok;
}

async function list({ client, print, say, paint, width }: Session, { limit, status }: ListOptions): Promise<ExitCode> {
  const page = await client.syncs.list.query({ limit, ...(status === undefined ? {} : { statuses: [status] }) });
  print(page, () => formatSyncList(page.syncs, paint, width));
  if (page.nextCursor !== null) say("There are older ones: see them with --limit");
  return EXIT.ok;
}

async function watch(session: Session, jobId: string | undefined): Promise<ExitCode> {
  const { io, json } = session;
  const lines = createEventLines({ showJob: jobId === undefined });
  const tell = (event: SyncEvent) => {
    const texts = json ? [JSON.stringify(event)] : lines.linesOf(event);
    for (const text of texts) io.stdout.write(`${text}\n`);
  };
  if (jobId === undefined) {
    await watchAll(session, tell);
    return EXIT.ok;
  }
  const detail = await watchSync(session, { jobId, tell, bar: !json });
  session.say(describeEnd(detail));
  return exitCodeOf(detail.status);
}

async function cancel({ client, print }: Session, jobId: string, reason?: string): Promise<ExitCode> {
  const answer = await client.syncs.cancel.mutate({ jobId, ...(reason === undefined ? {} : { reason }) });
  const words = {
    cancelled: `Sync ${jobId} was cancelled before it started.`,
    cancelling: `Sync ${jobId} was asked to stop. Follow it with: ratebook sync watch ${jobId}`,
    already_ended: `Sync ${jobId} had ended already; nothing was cancelled.`,
  };
  print(answer, () => `${words[answer.outcome]}\n`);
  return answer.outcome === "already_ended" ? EXIT.failed : EXIT.ok;
}
