import type { Command } from "commander";
import type { RateCheck } from "#/cli/api-types.ts";
import { defineCommand, defineGroup, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatCount, formatTable, plural } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import type { Session } from "#/cli/session.ts";

/** `ratebook rates …` */
export function addRatesCommands(program: Command, run: Run): void {
  const rates = defineGroup(program, "rates", "Checks the prices in force.");
  defineCommand(
    rates,
    "verify",
    "Works out all prices in force again from history, pins, ranks and spellings, and lists where the book differs.",
    ["rates verify", "rates verify --json | jq .total"],
  ).action((_options: unknown, command: Command) => run(command, verify));
}

async function verify({ client, print, width }: Session): Promise<ExitCode> {
  const check = await client.prices.verify.query();
  print(check, () => formatCheck(check, width));
  return check.total === 0 ? EXIT.ok : EXIT.failed;
}

function formatCheck({ rates, shared, pieces, versions, differences, total }: RateCheck, width?: number): string {
  const head = `${plural(rates, "rate")} (${formatCount(shared)} of two or more sources) in ${plural(pieces, "piece")} and ${plural(versions, "version")} worked out again: `;
  if (total === 0) return `${head}nothing differs.\n`;
  const columns = [
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "FROM" },
    { title: "WHAT DIFFERS", shrinks: true },
  ];
  const rows = differences.map(({ seller, model, variant, from, words }) => [
    printable(seller),
    printable(variant === "default" ? model : `${model} [${variant}]`),
    from,
    printable(words),
  ]);
  const more = total > rows.length ? `… and ${formatCount(total - rows.length)} more\n` : "";
  return `${head}${formatCount(total)} ${total === 1 ? "differs" : "differ"}.\n\n${formatTable(columns, rows, width)}${more}`;
}
