import { readFile } from "node:fs/promises";
import { arrayBuffer } from "node:stream/consumers";
import type { Command } from "commander";
import { backfillGit } from "#/cli/backfill-git.ts";
import { defineCommand, formatNote, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import type { ExitCode } from "#/cli/exit-code.ts";
import { followJob } from "#/cli/follow-job.ts";
import { sendPayload } from "#/cli/send-payload.ts";
import type { Session } from "#/cli/session.ts";

type Options = Readonly<{ at?: string; dryRun?: boolean; git?: string; file: string; since?: string }>;

/** `ratebook backfill SOURCE FILE --at INSTANT`, and `ratebook backfill SOURCE --git CHECKOUT` */
export function addBackfillCommand(program: Command, run: Run): void {
  defineCommand(
    program,
    "backfill",
    "Reads archived payloads as if they had been fetched at instants of the past.",
    [
      "backfill litellm 2026-07-05.json --at 2026-07-05T00:00:00Z",
      "backfill litellm - --at 2026-07-05T00:00:00Z < map.json",
      "backfill litellm --git ../litellm --since 2026-01-01",
    ],
    "sync",
  )
    .argument("<source>", "the source it came from")
    .argument("[file]", 'the payload as it came; "-" reads it from stdin')
    .option("--at <instant>", "when it was seen, such as 2026-07-05T00:00:00Z")
    .option("--git <checkout>", "every day's last version of a file in a git checkout instead")
    .option("--file <path>", "which file of the checkout", "model_prices_and_context_window.json")
    .option("--since <date>", "with --git: from this day on, such as 2026-01-01")
    .option("--dry-run", "only say what would change and be held; not with --git")
    .addHelpText(
      "after",
      formatNote(
        "It goes through the same guard as a sync, and waits for its end. Payloads are added in the order of time: one from before what the book has seen of the source is refused, and with --git passed over, so that it can be stopped and begun again. The past comes before the first sync of its source.",
      ),
    )
    .action((source: string, file: string | undefined, options: Options, command: Command) =>
      run(command, (session) => choose(session, source, file, options)),
    );
}

async function choose(session: Session, source: string, file: string | undefined, options: Options): Promise<ExitCode> {
  const { git, at, since, dryRun } = options;
  if (git !== undefined) {
    if (file !== undefined || at !== undefined || dryRun === true)
      throw new CliError("With --git, give neither a file, nor --at, nor --dry-run");
    return backfillGit(session, { source, checkout: git, file: options.file, since });
  }
  if (file === undefined || at === undefined)
    throw new CliError("Name the payload and when it was seen (FILE --at INSTANT), or a checkout (--git CHECKOUT)");
  const body = await readPayload(file);
  return followJob(session, await sendPayload(session, { source, at, body, dryRun: dryRun === true }));
}

/** Its bytes as they are: text that was decoded may be other bytes when it is sent. */
async function readPayload(file: string): Promise<Uint8Array<ArrayBuffer>> {
  if (file === "-") return new Uint8Array(await arrayBuffer(process.stdin));
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${file} can't be read: ${cause.code ?? cause.message}`);
  });
}
