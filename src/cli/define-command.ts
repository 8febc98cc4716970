import type { Command } from "commander";
import type { ExitCode } from "#/cli/exit-code.ts";
import type { Session } from "#/cli/session.ts";

export type CommonOptions = Readonly<{ url?: string; json?: boolean }>;

/**
 * Runs a command's work against the server its options name, and keeps the exit code. `options` are for a command
 * whose own `--url` is not the server's.
 */
export type Run = (
  command: Command,
  work: (session: Session) => Promise<ExitCode>,
  options?: CommonOptions,
) => Promise<void>;

/** The options of every command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document instead of text for people")
    .option("--url <url>", "the server (default: RATEBOOK_URL, or http://127.0.0.1:3000)");
}

/** A command under `parent`, with its examples at the end of its help. */
export function defineCommand(parent: Command, usage: string, summary: string, examples: readonly string[]): Command {
  const command = withCommonOptions(parent.command(usage).description(summary));
  return command.addHelpText("after", formatExamples(examples));
}

export function formatExamples(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ratebook ${example}`).join("\n")}`;
}
