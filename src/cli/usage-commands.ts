import type { Command } from "commander";
import { defineCommand, defineGroup, type Run } from "#/cli/define-command.ts";
import { EXIT } from "#/cli/exit-code.ts";
import { plural } from "#/cli/format-table.ts";
import { readTextFile } from "#/cli/read-text-file.ts";

/** `ratebook usage …` */
export function addUsageCommands(program: Command, run: Run): void {
  const usage = defineGroup(program, "usage", "Monthly usage, which turns a change of price into money.");
  defineCommand(
    usage,
    "import",
    "Records monthly usage from a CSV. Models that the file does not name keep their usage.",
    ["usage import usage.csv"],
  )
    .argument("<file>", "columns: seller,model,variant,meter,units_per_month")
    .action((file: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const csv = await readTextFile(file);
        const answer = await client.prices.importUsage.mutate({ csv });
        print(answer, () => `${plural(answer.written, "line")} of usage recorded.\n`);
        return EXIT.ok;
      }),
    );
}
