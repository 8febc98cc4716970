import type { TreeCommand, Value } from "#/cli/command-tree.ts";

/** A script that completes for zsh, to be loaded after compinit or put into a folder of $fpath as _ratebook. */
export function formatZshCompletion(tree: readonly TreeCommand[]): string {
  return `#compdef ratebook
# Completion of the ratebook command. Load it after compinit with: eval "$(ratebook completion zsh)"
_ratebook_words() {
  reply=()
  case "$1" in
${tree.flatMap(formatCommand).join("\n")}
    *) return 1 ;;
  esac
}

_ratebook() {
  local here='' option='' word='' tag=commands
  local -a reply offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n "$option" ]]; then option=''
    elif [[ "$word" == -* ]]; then
      if _ratebook_words "value $here $word"; then option="$word"; fi
    elif _ratebook_words "options \${here:+$here }$word"; then here="\${here:+$here }$word"
    fi
  done
  word="\${words[CURRENT]}"
  if [[ -z "$option" && "$word" == --*=* ]]; then
    option="\${word%%=*}"
    compset -P '*='
  fi
  if [[ -n "$option" ]]; then
    _ratebook_words "value $here $option" && offered=("\${reply[@]}")
    tag=values
  elif [[ "$word" == -* ]]; then
    _ratebook_words "options $here" && offered=("\${reply[@]}")
    tag=options
  else
    _ratebook_words "commands $here" && offered=("\${reply[@]}")
    _ratebook_words "argument $here" && offered+=("\${reply[@]}")
  fi
  if (( \${offered[(Ie)<file>]} )); then _files
  elif (( \${#offered} )); then _describe -t "$tag" "$tag" offered
  fi
}

if [[ "\${funcstack[1]}" == _ratebook ]]; then _ratebook "$@"; else compdef _ratebook ratebook; fi
`;
}

function formatCommand({ path, subcommands, options, argument }: TreeCommand): string[] {
  return [
    formatCase(
      `options ${path}`,
      options.map(({ flag, help }) => describe(flag, help)),
    ),
    ...(subcommands.length === 0
      ? []
      : [
          formatCase(
            `commands ${path}`,
            subcommands.map(({ word, help }) => describe(word, help)),
          ),
        ]),
    ...(argument === undefined ? [] : [formatCase(`argument ${path}`, wordsOf(argument))]),
    ...options.flatMap(({ flag, value }) =>
      value === undefined ? [] : [formatCase(`value ${path} ${flag}`, wordsOf(value))],
    ),
  ];
}

function formatCase(pattern: string, words: readonly string[]): string {
  return `    '${pattern}') reply=(${words.map((word) => `'${word}'`).join(" ")}) ;;`;
}

function describe(word: string, help: string): string {
  return `${word}:${help.replaceAll(":", "")}`;
}

function wordsOf(value: Value): readonly string[] {
  if (value.kind === "words") return value.words;
  return value.kind === "file" ? ["<file>"] : [];
}
