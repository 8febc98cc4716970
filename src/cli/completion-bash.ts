import type { TreeCommand, Value } from "#/cli/command-tree.ts";

/**
 * A script that completes for bash 3.2 and newer. It looks words up in a table and never evaluates what was typed, so
 * Tab after a half-written command can't run it.
 */
export function formatBashCompletion(tree: readonly TreeCommand[]): string {
  return `# Completion of the ratebook command. Load it with: eval "$(ratebook completion bash)"
_ratebook_words() {
  case "$1" in
${tree.flatMap(formatCommand).join("\n")}
    *) return 1 ;;
  esac
}

_ratebook() {
  local current="\${COMP_WORDS[COMP_CWORD]}" here='' option='' word='' offered='' index
  local IFS=$'\\n'
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ "$word" == '=' ]]; then continue; fi
    if [[ -n "$option" ]]; then option=''
    elif [[ "$word" == -* ]]; then
      if _ratebook_words "value $here $word" > /dev/null; then option="$word"; fi
    elif _ratebook_words "options \${here:+$here }$word" > /dev/null; then here="\${here:+$here }$word"
    fi
  done
  if [[ "$current" == '=' ]]; then current=''; fi
  if [[ -n "$option" ]]; then offered="$(_ratebook_words "value $here $option")"
  elif [[ "$current" == -* ]]; then offered="$(_ratebook_words "options $here")"
  else offered="$(_ratebook_words "commands $here"; _ratebook_words "argument $here")"
  fi
  if [[ "$offered" == *'<file>'* ]]; then
    compopt -o filenames 2> /dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$offered" -- "$current"))
  fi
}

complete -F _ratebook ratebook
`;
}

function formatCommand({ path, subcommands, options, argument }: TreeCommand): string[] {
  return [
    formatCase(
      `options ${path}`,
      options.map(({ flag }) => flag),
    ),
    ...(subcommands.length === 0
      ? []
      : [
          formatCase(
            `commands ${path}`,
            subcommands.map(({ word }) => word),
          ),
        ]),
    ...(argument === undefined ? [] : [formatCase(`argument ${path}`, wordsOf(argument))]),
    ...options.flatMap(({ flag, value }) =>
      value === undefined ? [] : [formatCase(`value ${path} ${flag}`, wordsOf(value))],
    ),
  ];
}

function formatCase(pattern: string, words: readonly string[]): string {
  return `    '${pattern}') printf '%s\\n'${words.map((word) => ` '${word}'`).join("")} ;;`;
}

function wordsOf(value: Value): readonly string[] {
  if (value.kind === "words") return value.words;
  return value.kind === "file" ? ["<file>"] : [];
}
