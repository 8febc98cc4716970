import type { Command } from "commander";
import type { SellerView } from "#/cli/api-types.ts";
import { defineCommand, defineGroup, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatCount, formatTable, plural } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import type { Session } from "#/cli/session.ts";

type SpellingOptions = Readonly<{ seller: string; reason: string }>;

/** `ratebook sellers …` */
export function addSellersCommands(program: Command, run: Run): void {
  const sellers = defineGroup(program, "sellers", "Lists sellers and the spellings that sources use for them.");
  defineCommand(sellers, "list", "Lists the sellers with all their spellings.", [
    "sellers list",
    "sellers list --json | jq '.sellers[] | select(.sources > 1) | .id'",
  ]).action((_options: unknown, command: Command) => run(command, list));
  defineCommand(
    sellers,
    "add-spelling",
    "Adds a spelling of a seller. Prices under that spelling become the seller's, with all their past.",
    ['sellers add-spelling acme-eu --seller acme --reason "the same company and the same prices"'],
  )
    .argument("<spelling>", "as a source writes it, in any case")
    .requiredOption("--seller <id>", "the seller that is meant; find it with `ratebook sellers list`")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .action((spelling: string, options: SpellingOptions, command: Command) =>
      run(command, (session) => addSpelling(session, spelling, options)),
    );
}

async function list({ client, print, width }: Session): Promise<ExitCode> {
  const answer = await client.prices.sellers.query();
  print(answer, () => formatSellers(answer.sellers, width));
  return EXIT.ok;
}

function formatSellers(sellers: readonly SellerView[], width?: number): string {
  const columns = [
    { title: "SELLER" },
    { title: "NAME" },
    { title: "SOURCES", align: "right" as const },
    { title: "LISTINGS", align: "right" as const },
    { title: "SPELLED", shrinks: true },
  ];
  const rows = sellers.map(({ id, name, sources, listings, spellings }) => [
    printable(id),
    printable(name),
    formatCount(sources),
    formatCount(listings),
    printable(spellings.map(({ spelling, addedBy }) => `${spelling}${addedBy === null ? "" : "*"}`).join(" ")),
  ]);
  return `${formatTable(columns, rows, width)}\n*: added by a person\n`;
}

async function addSpelling(
  { client, print }: Session,
  spelling: string,
  { seller, reason }: SpellingOptions,
): Promise<ExitCode> {
  const outcome = await client.prices.addSpelling.mutate({ spelling, seller, reason });
  const { moved, changed } = outcome;
  print(
    outcome,
    () => `${spelling} means ${seller} now: ${plural(moved, "listing")} moved, ${plural(changed, "rate")} settled.\n`,
  );
  return EXIT.ok;
}
