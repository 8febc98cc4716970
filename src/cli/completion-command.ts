import { Argument, type Command } from "commander";
import { readCommandTree } from "#/cli/command-tree.ts";
import { formatBashCompletion } from "#/cli/completion-bash.ts";
import { formatFishCompletion } from "#/cli/completion-fish.ts";
import { formatZshCompletion } from "#/cli/completion-zsh.ts";
import { formatNote, withEnd, withJson } from "#/cli/define-command.ts";
import type { CliIo } from "#/cli/session.ts";

const FORMATS = { bash: formatBashCompletion, zsh: formatZshCompletion, fish: formatFishCompletion } as const;
type Shell = keyof typeof FORMATS;

/** `ratebook completion SHELL`. The script is made of the program it is given, so it knows every command there is. */
export function addCompletionCommand(program: Command, io: CliIo): void {
  const command = program
    .command("completion")
    .description("Prints a script that lets a shell complete commands, options and fixed values. Asks no server.")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(FORMATS)))
    .action((shell: Shell) => {
      const script = FORMATS[shell](readCommandTree(program));
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      io.stdout.write(json === true ? `${JSON.stringify({ shell, script }, null, 2)}\n` : script);
    });
  withEnd(
    withJson(command),
    [
      "completion bash > ~/.ratebook.bash",
      "completion zsh > ~/.ratebook.zsh",
      "completion fish > ~/.config/fish/completions/ratebook.fish",
    ],
    "done",
  ).addHelpText(
    "after",
    formatNote(
      "bash loads it with the line `. ~/.ratebook.bash` in ~/.bashrc, zsh with `. ~/.ratebook.zsh` in ~/.zshrc, after " +
        "compinit. The script knows the commands of the ratebook that printed it; print it again after an update.",
    ),
  );
}
