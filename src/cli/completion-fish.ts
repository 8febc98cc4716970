import type { TreeCommand, TreeOption, Value } from "#/cli/command-tree.ts";

/** A script that completes for fish. */
export function formatFishCompletion(tree: readonly TreeCommand[]): string {
  const paths = tree.map(({ path }) => path).filter((path) => path !== "");
  const valued = tree.flatMap(({ path, options }) =>
    options.flatMap(({ flag, value }) => (value === undefined ? [] : [`${path} ${flag}`.trim()])),
  );
  return `# Completion of the ratebook command. Load it with: ratebook completion fish | source
set -g __ratebook_commands ${paths.map(quote).join(" ")}
set -g __ratebook_valued ${valued.map(quote).join(" ")}

function __ratebook_at --description 'Whether the words so far name this command'
    set -l here
    set -l is_value 0
    for word in (commandline -opc)[2..-1]
        if test $is_value = 1
            set is_value 0
        else if string match -q -- '-*' $word
            contains -- (string join -- ' ' $here $word) $__ratebook_valued
            and set is_value 1
        else if contains -- (string join -- ' ' $here $word) $__ratebook_commands
            set -a here $word
        end
    end
    test "$here" = "$argv[1]"
end

complete -c ratebook -e
complete -c ratebook -f
${tree.flatMap(formatCommand).join("\n")}
`;
}

function formatCommand({ path, subcommands, options, argument }: TreeCommand): string[] {
  const at = `complete -c ratebook -n '__ratebook_at "${path}"'`;
  return [
    ...subcommands.map(({ word, help }) => `${at} -a ${quote(word)} -d ${quote(help)}`),
    ...options.map((option) => `${at} ${formatFlag(option)} -d ${quote(option.help)}`),
    ...(argument === undefined || argument.kind === "any" ? [] : [`${at} ${formatValue(argument)}`]),
  ];
}

function formatFlag({ flag, value }: TreeOption): string {
  const name = flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
  if (value === undefined) return name;
  return `${name} ${value.kind === "file" ? "-r" : "-x"} ${formatValue(value)}`.trimEnd();
}

function formatValue(value: Value): string {
  if (value.kind === "words") return `-a ${quote(value.words.join(" "))}`;
  return value.kind === "file" ? "-F" : "";
}

function quote(text: string): string {
  return `'${text}'`;
}
