import { type Command, Option } from "commander";
import type { SourceKind, SourceView } from "#/cli/api-types.ts";
import {
  type CommonOptions,
  defineCommand,
  defineGroup,
  formatNote,
  type Run,
  withEnd,
  withJson,
} from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatSources, formatSourceTest } from "#/cli/format-sources.ts";
import { addGuardCommand } from "#/cli/guard-command.ts";
import { addRankCommand } from "#/cli/rank-command.ts";
import { collect } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type AddOptions = Readonly<{
  kind: SourceKind;
  url?: string;
  apiKeyEnv?: string;
  option?: readonly string[];
  json?: boolean;
}>;

// Names alone, so that the command carries no adapter; a kind that is left out here fails to compile.
const KINDS = Object.keys({
  openrouter: true,
  litellm: true,
  "models-dev": true,
  "genai-prices": true,
  deepinfra: true,
  novita: true,
  nearai: true,
  chutes: true,
  huggingface: true,
  vercel: true,
  cerebras: true,
  parasail: true,
  venice: true,
  requesty: true,
  portkey: true,
  together: true,
  fireworks: true,
  alibaba: true,
  xai: true,
  nebius: true,
} satisfies Record<SourceKind, true>);

/** `ratebook sources …` */
export function addSourcesCommands(program: Command, run: Run): void {
  const sources = defineGroup(program, "sources", "Manages the sources that prices are read from.");

  defineCommand(sources, "list", "Lists the sources in the order of rank, and how they went last.", [
    "sources list",
    "sources list --json | jq -r '.sources[] | select(.lastOutcome == \"failed\") | .name'",
  ]).action((_options: unknown, command: Command) => run(command, list));

  // `--url` is the source's here, so the server comes from RATEBOOK_URL or from `ratebook --url … sources add`.
  const add = withJson(
    sources.command("add").description("Adds a source. It is enabled at once and read by the next sync."),
  )
    .argument("<name>", "lower-case letters, digits, dots, dashes and underscores")
    .addOption(new Option("--kind <kind>", "the format it speaks").choices(KINDS).makeOptionMandatory())
    .option("--url <url>", "where it is read from (default: where its kind is usually found)")
    .option("--api-key-env <name>", "the server's environment variable that holds the source's key")
    .option("--option <key=value>", "an option of its kind, such as endpoints=true; may be given many times", collect)
    .action((name: string, options: AddOptions, command: Command) => {
      const { json = false } = options;
      return run(command, (session) => addSource(session, name, options), {
        ...sources.optsWithGlobals<CommonOptions>(),
        ...(json ? { json } : {}),
      });
    });
  withEnd(
    add,
    [
      "sources add litellm-main --kind litellm",
      "sources add mirror --kind openrouter --url https://mirror.example/api/v1/models",
    ],
    "done",
  ).addHelpText(
    "after",
    formatNote("The server is named by RATEBOOK_URL, or before the command: ratebook --url URL sources add …"),
  );

  defineCommand(sources, "enable", "Enables a source, so that syncs read it again.", ["sources enable litellm"])
    .argument("<name>", "its name")
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (session) => showState(session, await session.client.sources.enable.mutate({ name }))),
    );

  defineCommand(sources, "disable", "Disables a source, so that syncs do not read it. Its prices stay in the book.", [
    'sources disable litellm --reason "its map has had wrong units since Monday"',
  ])
    .argument("<name>", "its name")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .action((name: string, { reason }: { reason: string }, command: Command) =>
      run(command, async (session) =>
        showState(session, await session.client.sources.disable.mutate({ name, reason })),
      ),
    );

  defineCommand(
    sources,
    "test",
    "Fetches and reads a source once and writes nothing. Exit code 1 when it can't be read.",
    ["sources test openrouter"],
  )
    .argument("<name>", "its name")
    .action((name: string, _options: unknown, command: Command) => run(command, (session) => test(session, name)));

  addRankCommand(sources, run);
  addGuardCommand(sources, run);
}

async function list({ client, print, paint, width }: Session): Promise<ExitCode> {
  const answer = await client.sources.list.query();
  print(answer, () => formatSources(answer.sources, paint, width));
  return EXIT.ok;
}

async function addSource(session: Session, name: string, options: AddOptions): Promise<ExitCode> {
  const { kind, url, apiKeyEnv, option } = options;
  const source = {
    name,
    kind,
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

function showState({ print, paint, width }: Session, source: SourceView): ExitCode {
  print(source, () => formatSources([source], paint, width));
  return EXIT.ok;
}

async function test({ client, print, paint, width }: Session, name: string): Promise<ExitCode> {
  const answer = await client.sources.test.mutate({ name });
  print(answer, () => formatSourceTest(answer, paint, width));
  return answer.ok ? EXIT.ok : EXIT.failed;
}
