import type { Command } from "commander";
import type { GuardTrial } from "#/cli/api-types.ts";
import { defineCommand, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatCount, formatTable, plural } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import { collect, countUpTo } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type Options = Readonly<{ set?: readonly string[]; days: number; apply?: boolean; reason?: string }>;
type Thresholds = Record<string, unknown>;

const LINES_SHOWN = 40;

/** `ratebook sources guard …` */
export function addGuardCommand(sources: Command, run: Run): void {
  defineCommand(
    sources,
    "guard",
    "Shows what other thresholds of the guard would have held in a source's last days. Writes nothing without --apply.",
    [
      "sources guard litellm --set jumpUp=3",
      "sources guard litellm --set outputOverInput=0.5,30 --set vanish.sellerShare=0.3 --days 90",
      'sources guard litellm --set jumpUp=3 --apply --reason "it moves in small steps"',
    ],
  )
    .argument("<name>", "the source")
    .option("--set <threshold=value>", "one that differs from the default; may be given many times", collect)
    .option("--days <n>", "how many days back, 365 at most", countUpTo(365), 30)
    .option("--apply", "judge this source by them from now on; they replace those set before")
    .option("--reason <text>", "why; kept in the audit log, needed with --apply")
    .action((name: string, options: Options, command: Command) =>
      run(command, (session) => guard(session, name, options)),
    );
}

async function guard(session: Session, name: string, { set = [], days, apply, reason }: Options): Promise<ExitCode> {
  const { client, print, say, width } = session;
  const thresholds = readThresholds(set);
  if (apply === true && reason === undefined) throw new CliError("Say why with --reason; it is kept in the audit log");
  const trial = await client.sources.tryGuard.query({ name, guard: thresholds, days });
  if (apply === true && reason !== undefined) await client.sources.tune.mutate({ name, guard: thresholds, reason });
  print(trial, () => formatTrial(trial, days, width));
  say(apply === true ? `${name} is judged by these thresholds from now on.` : "Nothing was written.");
  return EXIT.ok;
}

/** `jumpUp=3`, `outputOverInput=0.5,30`, `vanish.sellerShare=0.3`; the server knows the names and the limits. */
function readThresholds(texts: readonly string[]): Thresholds {
  const thresholds: Thresholds = {};
  const vanish: Thresholds = {};
  for (const text of texts) {
    const [, group, name, value = ""] = /^(vanish\.)?([a-zA-Z]{1,40})=([\d.,]+)$/.exec(text) ?? [];
    const numbers = value.split(",").map(Number);
    if (name === undefined || numbers.some((one) => Number.isNaN(one)))
      throw new CliError(`"${text}" is no threshold; write it as jumpUp=3 or outputOverInput=0.5,30`);
    (group === undefined ? thresholds : vanish)[name] = numbers.length === 1 ? numbers[0] : numbers;
  }
  return { ...thresholds, ...(Object.keys(vanish).length === 0 ? {} : { vanish }) };
}

function formatTrial(trial: GuardTrial, days: number, width: number | undefined): string {
  const { since, isCut, arrivals, wouldHold, didHold, byReason, lines } = trial;
  const period = isCut
    ? `since ${formatInstant(since)} (there are too many before)`
    : `in the last ${plural(days, "day")}`;
  const reasons = Object.entries(byReason).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const head =
    `Of ${plural(arrivals, "price")} ${period}, ${formatCount(wouldHold)} would be held` +
    `${reasons.length === 0 ? "" : ` (${reasons.join(", ")})`}; ${formatCount(didHold)} were.\n`;
  if (lines.length === 0) return head;
  const columns = [
    { title: "OBSERVED (UTC)" },
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "WAS" },
    { title: "WOULD BE HELD FOR" },
  ];
  const rows = lines
    .slice(0, LINES_SHOWN)
    .map((line) => [
      formatInstant(line.observedAt).slice(0, 16),
      printable(line.seller),
      printable(line.variant === "default" ? line.model : `${line.model} [${line.variant}]`),
      line.wasHeld ? "held" : "let through",
      line.reasons.join(" "),
    ]);
  const more =
    wouldHold > rows.length ? `… and ${formatCount(wouldHold - rows.length)} more; the first 500 with --json\n` : "";
  return `${head}\n${formatTable(columns, rows, width)}${more}`;
}
