import { type Command, Option } from "commander";
import type { RatebookInputs, RatebookOutputs } from "#/client/ratebook-client.ts";
import { defineCommand, defineGroup, formatNote, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatAsk } from "#/cli/format-result.ts";
import { formatTable, plural } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import type { Session } from "#/cli/session.ts";

type Hold = RatebookOutputs["review"]["list"]["holds"][number];
type Filter = NonNullable<RatebookInputs["review"]["list"]["filter"]>;
type Selection = Readonly<{ source?: string; seller?: string; reasonCode?: Filter["reason"]; all?: boolean }>;
type ListOptions = Selection & Readonly<{ state: NonNullable<Filter["state"]> | "all" }>;
type Decision = Selection & Readonly<{ reason: string }>;

const PAGE = 1_000;
const STATES = ["open", "approved", "rejected", "resolved", "all"];

/** `ratebook holds …` */
export function addHoldsCommands(program: Command, run: Run): void {
  const holds = defineGroup(program, "holds", "Prices that the guard keeps out of force until a person decides.");

  withSelection(
    defineCommand(holds, "list", "Lists holds, newest first: what was asked, what is in force, and why it is held.", [
      "holds list",
      "holds list --seller wandb",
      "holds list --state all --json | jq -r '.[] | [.seller, .model, .reasons[0]] | @tsv'",
    ]),
  )
    .addOption(new Option("--state <state>", "only these").choices(STATES).default("open"))
    .addHelpText(
      "after",
      formatNote(
        "With --json: a list of holds with id, state, source, seller, model, variant, listing, reasons (the main one " +
          "first), old (null for a first price) and new (state and charges, USD per one unit), and observed_at.",
      ),
    )
    .action((options: ListOptions, command: Command) => run(command, (session) => list(session, options)));

  for (const verb of ["approve", "reject"] as const) {
    const summary =
      verb === "approve"
        ? "Puts held prices in force."
        : "Keeps the last good prices; the same values are not held again until they change.";
    withSelection(
      defineCommand(holds, verb, summary, [
        `holds ${verb} 17 18 --reason "checked on the seller's page"`,
        `holds ${verb} --seller openai --reason-code BOUND --reason "list prices of 2026-08"`,
      ]),
    )
      .argument("[id...]", "as `ratebook holds list` shows them")
      .option("--all", "all that are open")
      .requiredOption("--reason <text>", "kept with every one of them and in the audit log")
      .action((ids: string[], options: Decision, command: Command) =>
        run(command, (session) => decide(session, verb, ids, options)),
      );
  }

  defineCommand(holds, "reopen", "Takes decisions back, so that the holds are open again.", [
    'holds reopen 17 --reason "the page was out of date"',
  ])
    .argument("<id...>", "as `ratebook holds list --state all` shows them")
    .requiredOption("--reason <text>", "kept in the audit log")
    .action((ids: string[], { reason }: { reason: string }, command: Command) =>
      run(command, async ({ client, print }) => {
        const answer = await client.review.reopen.mutate({ ids: readIds(ids), reason });
        print(answer, () => `${plural(answer.reopened, "hold")} open again.\n`);
        return EXIT.ok;
      }),
    );
}

function withSelection(command: Command): Command {
  return command
    .option("--source <name>", "only from this source")
    .option("--seller <name>", "only this seller's")
    .option("--reason-code <code>", "only with this main reason, such as BOUND or JUMP");
}

async function list(session: Session, { state, ...selection }: ListOptions): Promise<ExitCode> {
  const filter: Filter = { ...filterOf(selection), ...(state === "all" ? {} : { state }) };
  const holds: Hold[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await session.client.review.list.query({
      filter,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    holds.push(...page.holds);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  session.print(holds.map(asDocument), () => (holds.length === 0 ? "No holds.\n" : formatHolds(holds, session.width)));
  return EXIT.ok;
}

function asDocument(hold: Hold) {
  return {
    id: hold.id,
    state: hold.state,
    source: hold.source,
    seller: hold.seller,
    model: hold.model,
    variant: hold.variant,
    listing: hold.listing,
    reasons: hold.reasons,
    findings: hold.findings,
    evidence: hold.evidence,
    evidence_now: hold.evidenceNow,
    old: hold.old,
    new: hold.new,
    observed_at: hold.observedAt,
    effective_at: hold.effectiveAt,
    last_seen_at: hold.lastSeenAt,
    job_id: hold.jobId,
    payload_digest: hold.payloadDigest,
    decided_at: hold.decidedAt,
    decided_by: hold.decidedBy,
    decision: hold.decision,
    monthly_impact_usd: hold.monthlyImpactUsd,
  };
}

function formatHolds(holds: readonly Hold[], width: number | undefined): string {
  const columns = [
    { title: "ID" },
    { title: "STATE" },
    { title: "OBSERVED (UTC)" },
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "REASON" },
    { title: "IN FORCE", align: "right" as const },
    { title: "HELD", align: "right" as const },
  ];
  const rows = holds.map((hold) => [
    hold.id,
    hold.state,
    formatInstant(hold.observedAt).slice(0, 16),
    printable(hold.seller),
    printable(hold.variant === "default" ? hold.model : `${hold.model} [${hold.variant}]`),
    hold.reasons.join(" "),
    formatAsk(hold.old),
    formatAsk(hold.new),
  ]);
  return formatTable(columns, rows, width);
}

async function decide(
  session: Session,
  verb: "approve" | "reject",
  ids: readonly string[],
  { reason, all = false, ...selection }: Decision,
): Promise<ExitCode> {
  const filter: Filter = { ...filterOf(selection), ...(ids.length === 0 ? {} : { ids: readIds(ids) }) };
  if (Object.keys(filter).length === 0 && !all)
    throw new CliError("Say which holds: their ids, --source, --seller, --reason-code, or --all");
  const answer = await session.client.review[verb].mutate({ filter, reason });
  session.print(answer, () => `${plural(answer.decided, "hold")} ${verb === "approve" ? "approved" : "rejected"}.\n`);
  return EXIT.ok;
}

function filterOf({ source, seller, reasonCode }: Selection): Filter {
  return {
    ...(source === undefined ? {} : { source }),
    ...(seller === undefined ? {} : { seller }),
    ...(reasonCode === undefined ? {} : { reason: reasonCode }),
  };
}

function readIds(ids: readonly string[]): string[] {
  const wrong = ids.find((id) => !/^\d{1,19}$/.test(id));
  if (wrong !== undefined) throw new CliError(`"${wrong}" is no hold's id; "ratebook holds list" shows them`);
  return [...ids];
}
