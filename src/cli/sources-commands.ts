import type { Command } from "commander";
import type { SourceKind, SourceView } from "#/cli/api-types.ts";
import { type CommonOptions, defineCommand, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatSources, formatSourceTest } from "#/cli/format-sources.ts";
import { addGuardCommand } from "#/cli/guard-command.ts";
import { collect } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type AddOptions = Readonly<{
  kind: string;
  url?: string;
  apiKeyEnv?: string;
  option?: readonly string[];
  json?: boolean;
}>;

/** `ratebook sources …` */
export function addSourcesCommands(program: Command, run: Run): void {
  const sources = program.command("sources").description("Looks after where prices are read from.");

  defineCommand(sources, "list", "Lists the sources, the most trusted first, and how they went last.", [
    "sources list",
    "sources list --json | jq -r '.sources[] | select(.lastOutcome == \"failed\") | .name'",
  ]).action((_options: unknown, command: Command) => run(command, list));

  // `--url` is the source's here, so the server comes from RATEBOOK_URL or from `ratebook --url … sources add`.
  sources
    .command("add")
    .description("Adds a source. It is enabled at once and read by the next sync.")
    .argument("<name>", "lower-case letters, digits, dots, dashes and underscores")
    .requiredOption("--kind <kind>", "the format it speaks, such as openrouter, litellm or models-dev")
    .option("--url <url>", "where it is read from (default: where its kind is usually found)")
    .option("--api-key-env <name>", "the server's environment variable that holds the source's key")
    .option("--option <key=value>", "an option of its kind, such as endpoints=true; may be given many times", collect)
    .option("--json", "print one JSON document instead of text for people")
    .addHelpText(
      "after",
      "\nExamples:\n  $ ratebook sources add litellm-main --kind litellm\n" +
        "  $ ratebook sources add mirror --kind openrouter --url https://mirror.example/api/v1/models\n\n" +
        "The server is named by RATEBOOK_URL, or before the command: ratebook --url URL sources add …",
    )
    .action((name: string, options: AddOptions, command: Command) => {
      const { json = false } = options;
      return run(command, (session) => add(session, name, options), {
        ...sources.optsWithGlobals<CommonOptions>(),
        ...(json ? { json } : {}),
      });
    });

  defineCommand(sources, "enable", "Lets syncs read a source again.", ["sources enable litellm"])
    .argument("<name>")
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (session) => showState(session, await session.client.sources.enable.mutate({ name }))),
    );

  defineCommand(sources, "disable", "Keeps syncs from reading a source. Its prices stay in the book.", [
    "sources disable litellm",
  ])
    .argument("<name>")
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (session) => showState(session, await session.client.sources.disable.mutate({ name }))),
    );

  defineCommand(
    sources,
    "test",
    "Fetches and reads a source once and writes nothing. Exit code 1 when it can't be read.",
    ["sources test openrouter"],
  )
    .argument("<name>")
    .action((name: string, _options: unknown, command: Command) => run(command, (session) => test(session, name)));

  addGuardCommand(sources, run);
}

async function list({ client, print, paint, width }: Session): Promise<ExitCode> {
  const answer = await client.sources.list.query();
  print(answer, () => formatSources(answer.sources, paint, width));
  return EXIT.ok;
}

async function add(session: Session, name: string, options: AddOptions): Promise<ExitCode> {
  const { kind, url, apiKeyEnv, option } = options;
  const source = {
    name,
    kind: asKind(kind),
    ...(url === undefined ? {} : { url }),
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
    ...(option === undefined ? {} : { options: readOptions(option) }),
  };
  return showState(session, await session.client.sources.add.mutate(source));
}

function readOptions(texts: readonly string[]): Record<string, string | boolean> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([a-z][a-z0-9_-]*)=(.*)$/i.exec(text) ?? [];
      if (key === undefined || value === undefined) throw new CliError(`"${text}" is no option; write it as key=value`);
      return [key, value === "true" ? true : value === "false" ? false : value];
    }),
  );
}

// The server knows the kinds, and names them all when it refuses one.
function asKind(text: string): SourceKind {
  return text as SourceKind;
}

function showState({ print, paint, width }: Session, source: SourceView): ExitCode {
  print(source, () => formatSources([source], paint, width));
  return EXIT.ok;
}

async function test({ client, print, paint }: Session, name: string): Promise<ExitCode> {
  const answer = await client.sources.test.mutate({ name });
  print(answer, () => formatSourceTest(answer, paint));
  return answer.ok ? EXIT.ok : EXIT.failed;
}
