import type { Command } from "commander";
import type { RankOutcome } from "#/cli/api-types.ts";
import { defineCommand, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatAsk, formatImpact } from "#/cli/format-result.ts";
import { formatCount, formatTable, plural } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import { countUpTo } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type Options = Readonly<{ reason?: string; dryRun?: boolean }>;

const LINES_SHOWN = 40;
/** A dry run keeps nothing, not even its reason. */
const TRIAL_REASON = "to see what it would change";
const readPlace = countUpTo(10_000);

/** `ratebook sources rank …` */
export function addRankCommand(sources: Command, run: Run): void {
  defineCommand(
    sources,
    "rank",
    "Shows which prices would change if a source had another rank. Writes nothing without --reason.",
    ["sources rank models-dev 1", 'sources rank models-dev 1 --reason "its units were right all year"'],
  )
    .argument("<name>", "the source")
    .argument("<place>", "its place, from 1 on: the first one counts", readPlace)
    .option("--reason <text>", "move it, for this reason; kept in the audit log")
    .option("--dry-run", "only say what would change, whatever the reason")
    .action((name: string, place: number, options: Options, command: Command) =>
      run(command, (session) => rank(session, { name, place, ...options })),
    );
}

async function rank(
  { client, print, say, width }: Session,
  { name, place, reason, dryRun = false }: Options & { name: string; place: number },
): Promise<ExitCode> {
  const isTrial = dryRun || reason === undefined;
  const outcome = await client.sources.rank.mutate({
    name,
    rank: place,
    reason: reason ?? TRIAL_REASON,
    dryRun: isTrial,
  });
  print(outcome, () => formatOutcome(outcome, width));
  say(isTrial ? "Nothing was written." : `${name} has place ${place} from now on.`);
  return EXIT.ok;
}

function formatOutcome(outcome: RankOutcome, width?: number): string {
  const { order, settled, changed, changes, monthlyImpactUsd, isDryRun } = outcome;
  const impact =
    monthlyImpactUsd === null ? "" : `, ${formatImpact(monthlyImpactUsd)} USD a month by the recorded usage`;
  const moved = settled - changed;
  const more = moved > 0 ? `\n${formatCount(moved)} more with the same amounts, from another source` : "";
  const head = `Order: ${order.map(printable).join(", ")}\n${plural(changed, "price")} in force ${isDryRun ? "would change" : "changed"}${impact}${more}\n`;
  if (changes.length === 0) return head;
  const columns = [
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "BEFORE", align: "right" as const },
    { title: "AFTER", align: "right" as const },
  ];
  const rows = changes
    .slice(0, LINES_SHOWN)
    .map(({ seller, model, variant, previousState, previousCharges, ...now }) => [
      printable(seller),
      printable(variant === "default" ? model : `${model} [${variant}]`),
      formatAsk(previousState === null ? null : { state: previousState, charges: previousCharges ?? [] }),
      formatAsk(now),
    ]);
  const rest = changed > rows.length ? `… and ${formatCount(changed - rows.length)} more\n` : "";
  return `${head}\n${formatTable(columns, rows, width)}${rest}`;
}
