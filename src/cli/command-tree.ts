import type { Command, Option } from "commander";

/** What a shell can offer for a value: nothing it could know, a file, or some fixed words. */
export type Value =
  | Readonly<{ kind: "any" }>
  | Readonly<{ kind: "file" }>
  | Readonly<{ kind: "words"; words: readonly string[] }>;

export type TreeOption = Readonly<{ flag: string; help: string; value: Value | undefined }>;

export type TreeCommand = Readonly<{
  /** Its words after the program's name; empty for the program itself. */
  path: string;
  subcommands: readonly Readonly<{ word: string; help: string }>[];
  options: readonly TreeOption[];
  /** What its arguments may be; undefined when it takes none. */
  argument: Value | undefined;
}>;

/** The program and every command under it, as a shell needs to know them. */
export function readCommandTree(command: Command, path = ""): TreeCommand[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const here: TreeCommand = {
    path,
    subcommands: subcommands.map((one) => ({
      word: one.name(),
      help: firstSentence(one.summary() === "" ? one.description() : one.summary()),
    })),
    options: help.visibleOptions(command).flatMap(readOption),
    argument: readArgument(command),
  };
  return [here, ...subcommands.flatMap((one) => readCommandTree(one, `${path} ${one.name()}`.trim()))];
}

function readOption(option: Option): TreeOption[] {
  const value = option.required || option.optional ? readValue(option.flags, option.argChoices) : undefined;
  return [option.long, option.short].flatMap((flag) =>
    typeof flag === "string" ? [{ flag, help: firstSentence(option.description), value }] : [],
  );
}

function readArgument({ registeredArguments }: Command): Value | undefined {
  const values = registeredArguments.map((one) => readValue(`<${one.name()}>`, one.argChoices));
  return values.find(({ kind }) => kind !== "any") ?? values[0];
}

function readValue(flags: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: "words", words: choices };
  return flags.includes("<file>") ? { kind: "file" } : { kind: "any" };
}

/** Without its full stop, and without what a shell's quotes would have to be escaped for. */
function firstSentence(text: string): string {
  const [sentence = ""] = text.split(/[.:;](?:\s|$)| \(/);
  return sentence.replaceAll(/['"`\\]/g, "");
}
