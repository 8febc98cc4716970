import { Command, CommanderError } from "commander";
import { type CommonOptions, formatExamples, type Run, withCommonOptions } from "#/cli/define-command.ts";
import { addBackupCommands } from "#/cli/backup-commands.ts";
import { addCompletionCommand } from "#/cli/completion-command.ts";
import { describeFailure } from "#/cli/describe-failure.ts";
import { addDoctorCommand } from "#/cli/doctor-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { addHoldsCommands } from "#/cli/holds-commands.ts";
import { addKeysCommands } from "#/cli/keys-commands.ts";
import { addLockCommands } from "#/cli/lock-commands.ts";
import { openSession } from "#/cli/open-session.ts";
import { addPinsCommands } from "#/cli/pins-commands.ts";
import { addPricesCommands } from "#/cli/prices-commands.ts";
import { addQuoteCommand } from "#/cli/quote-command.ts";
import { addRatesCommands } from "#/cli/rates-commands.ts";
import { addSellersCommands } from "#/cli/sellers-commands.ts";
import { printable } from "#/cli/printable.ts";
import { addSchedulesCommands } from "#/cli/schedules-commands.ts";
import type { CliIo } from "#/cli/session.ts";
import { addSourcesCommands } from "#/cli/sources-commands.ts";
import { addSyncCommands } from "#/cli/sync-commands.ts";
import { addUsageCommands } from "#/cli/usage-commands.ts";
import { addBackfillCommand } from "#/cli/backfill-command.ts";
import { VERSION } from "#/terms/version.ts";

const ENVIRONMENT_HELP = `
Environment:
  RATEBOOK_URL      the server (default http://127.0.0.1:3000)
  RATEBOOK_API_KEY  the key to show it; never given on a command line
  NO_COLOR          no colours

Exit codes:
  0    it did what was asked; with --wait: the sync was a success
  1    it failed, was cancelled or refused, or was asked for wrongly
  2    some sources of the sync failed, or some line of a quote is unpriced
  3    the server could not be reached
  130  Ctrl-C; a sync that was waited for goes on`;

/** Runs one command line (without node and script) and answers the exit code. Never throws, never exits. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(io, async (command, work, options) => {
    exitCode = await work(openSession(io, options ?? command.optsWithGlobals<CommonOptions>()));
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
    if (io.interrupted.aborted) return EXIT.interrupted;
    const failure = describeFailure(error);
    io.stderr.write(`ratebook: ${printable(failure.message)}\n`);
    return failure.exitCode;
  }
}

/** The whole command; `run` does what the words ask for. */
export function createProgram(io: CliIo, run: Run): Command {
  const program = withCommonOptions(new Command("ratebook"))
    .description("Keeps an LLM gateway's model prices true. A client of a Ratebook server.")
    .version(VERSION, "--version", "print which version this is")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "ratebook: ")),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .addHelpText(
      "after",
      `${formatExamples(["sync --wait", "sync list", "prices get gpt-5", "lock status"])}\n${ENVIRONMENT_HELP}`,
    );
  addSyncCommands(program, run);
  addSourcesCommands(program, run);
  addSchedulesCommands(program, run);
  addPricesCommands(program, run);
  addQuoteCommand(program, run);
  addRatesCommands(program, run);
  addSellersCommands(program, run);
  addHoldsCommands(program, run);
  addPinsCommands(program, run);
  addBackfillCommand(program, run);
  addUsageCommands(program, run);
  addLockCommands(program, run);
  addKeysCommands(program, run);
  addDoctorCommand(program, run);
  addBackupCommands(program, run);
  addCompletionCommand(program, io);
  return program;
}
