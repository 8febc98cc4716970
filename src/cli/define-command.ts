import { type Command, Help } from "commander";
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

/** How a command ends: as most do, with the end of the sync that it waited for, or with lines that have no price. */
export type Ending = "done" | "sync" | "quote";

/** Help is written for this many columns; a terminal that is wider shows it as it is. */
const HELP_COLUMNS = 80;

const EXIT_CODES = {
  done: "Exit codes: 0 done, 1 refused or not done, 3 no server, 130 Ctrl-C",
  quote: "Exit codes: 0 all lines priced, 1 refused, 2 some line is unpriced, 3 no server, 130 Ctrl-C",
  sync: "Exit codes: 0 success, 1 refused, failed or cancelled, 2 partial, 3 no server, 130 Ctrl-C (the sync goes on)",
} as const satisfies Record<Ending, string>;

/** The option of every command. */
export function withJson(command: Command): Command {
  return command.option("--json", "print one JSON document instead of text for people");
}

/** The options of every command that asks a server. */
export function withCommonOptions(command: Command): Command {
  return withJson(command).option("--url <url>", "the server (default: RATEBOOK_URL, or http://127.0.0.1:3000)");
}

/** A word that only has commands under it. */
export function defineGroup(parent: Command, name: string, summary: string): Command {
  return withCommonOptions(parent.command(name).description(summary)).addHelpText(
    "after",
    `\nSee: ratebook ${name} COMMAND --help`,
  );
}

/** A command under `parent`, with its examples and exit codes at the end of its help. */
export function defineCommand(
  parent: Command,
  usage: string,
  summary: string,
  examples: readonly string[],
  ending: Ending = "done",
): Command {
  const command = withCommonOptions(parent.command(usage).description(summary));
  return withEnd(command, examples, ending);
}

/** Examples and exit codes at the end of a command's help. */
export function withEnd(command: Command, examples: readonly string[], ending: Ending): Command {
  return command.addHelpText("after", formatExamples(examples)).addHelpText("after", formatNote(EXIT_CODES[ending]));
}

/** A paragraph at the end of a command's help. */
export function formatNote(text: string): string {
  return `\n${new Help().boxWrap(text, HELP_COLUMNS)}`;
}

export function formatExamples(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => formatExample(`ratebook ${example}`)).join("\n")}`;
}

/** A long line is continued as a shell continues it, and never within quotes. */
function formatExample(example: string): string {
  // An option stays beside its value.
  const words = example.match(/(?:--\S+ (?!-))?(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines: string[] = [];
  let line = "  $";
  for (const word of words) {
    if (line.length + word.length + " \\".length >= HELP_COLUMNS) {
      lines.push(`${line} \\`);
      line = "     ";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}
