import type { Command } from "commander";
import { formatNote, type Run, withEnd, withJson } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";

/** `ratebook backup` and `ratebook restore`: here only what they are, as no server can do it for a client. */
export function addBackupCommands(program: Command, run: Run): void {
  const commands = [
    ["backup", "Writes the whole database into a file, while everything goes on."],
    ["restore", "Fills an empty database from such a file, while no Ratebook runs on it."],
  ] as const;
  for (const [name, summary] of commands) {
    const command = withJson(program.command(name).description(summary)).argument("<file>", "the backup");
    withEnd(command, [`${name} ratebook-2026-11-27.backup`], "done")
      .addHelpText(
        "after",
        formatNote(
          "It asks no server. It works on DATABASE_URL, or on the embedded database in RATEBOOK_DATA_DIR, so it runs in a checkout alone, as: npm run ratebook -- ..., with the environment that the server has.",
        ),
      )
      .action((file: string, _options: unknown, command: Command) => run(command, () => refuse(name, file)));
  }
}

async function refuse(name: string, file: string): Promise<never> {
  throw new CliError(
    `${name} works on the database itself; run it in the checkout that the server runs from: npm run ratebook -- ${name} ${file}`,
  );
}
