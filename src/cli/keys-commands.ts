import { Option, type Command } from "commander";
import { defineCommand, defineGroup, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatTable } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import { countUpTo } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";
import { ROLES, type Role } from "#/terms/role.ts";

type NewKey = Readonly<{ role: Role; days?: number }>;

/** `ratebook keys …` */
export function addKeysCommands(program: Command, run: Run): void {
  const keys = defineGroup(program, "keys", "Keys that let programs in, each with a role.");
  defineCommand(keys, "list", "Lists the keys, newest first: who made them, and when they were used last.", [
    "keys list",
    "keys list --json | jq -r '.keys[] | select(.isGood) | .name'",
  ]).action((_options: unknown, command: Command) => run(command, listKeys));
  defineCommand(keys, "create", "Makes a key and prints it. It is shown this once.", [
    "keys create litellm --role viewer",
    "keys create nightly-sync --role operator --days 90",
  ])
    .argument("<name>", "lower-case letters, digits, dots, dashes and underscores; never used twice")
    .addOption(new Option("--role <role>", "what it may do").choices(ROLES).makeOptionMandatory())
    .option("--days <number>", "how long it is good for (default: until it is revoked)", countUpTo(3_650))
    .action((name: string, options: NewKey, command: Command) =>
      run(command, (session) => createKey(session, name, options)),
    );
  defineCommand(keys, "revoke", "Revokes a key: within a second no server accepts it any more.", [
    'keys revoke litellm --reason "it stood in a public repository"',
  ])
    .argument("<name>", "the key's name; find it with `ratebook keys list`")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .action((name: string, { reason }: { reason: string }, command: Command) =>
      run(command, (session) => revokeKey(session, name, reason)),
    );
}

async function listKeys({ client, print, width }: Session): Promise<ExitCode> {
  const answer = await client.access.keys.query();
  const columns = [
    { title: "NAME", shrinks: true },
    { title: "ROLE" },
    { title: "STATE" },
    { title: "MADE BY", shrinks: true },
    { title: "MADE (UTC)" },
    { title: "LAST USED (UTC)" },
  ];
  const rows = answer.keys.map((key) => [
    printable(key.name),
    key.role,
    stateOf(key),
    printable(key.createdBy),
    formatInstant(key.createdAt),
    key.lastUsedAt === null ? "never" : formatInstant(key.lastUsedAt),
  ]);
  const environment = answer.hasBootstrapKey
    ? "The environment of the server has one more key, with the role admin.\n"
    : "";
  print(answer, () => (rows.length === 0 ? "No keys.\n" : formatTable(columns, rows, width)) + environment);
  return EXIT.ok;
}

function stateOf({ isGood, revokedAt }: Readonly<{ isGood: boolean; revokedAt: string | null }>): string {
  if (isGood) return "good";
  return revokedAt === null ? "expired" : "revoked";
}

async function createKey({ client, print, say }: Session, name: string, { role, days }: NewKey): Promise<ExitCode> {
  const made = await client.access.createKey.mutate({ name, role, ...(days === undefined ? {} : { days }) });
  // The key alone is on stdout, so that a script can take it as it is.
  say(`"${name}" has the role ${role}. The key is shown this once:`);
  print(made, () => `${made.key}\n`);
  return EXIT.ok;
}

async function revokeKey({ client, print }: Session, name: string, reason: string): Promise<ExitCode> {
  const answer = await client.access.revokeKey.mutate({ name, reason });
  print(answer, () => `"${name}" is revoked. No server accepts it any more.\n`);
  return EXIT.ok;
}
