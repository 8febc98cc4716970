import { type Command, Option } from "commander";
import type { ScheduleView } from "#/cli/api-types.ts";
import { defineCommand, defineGroup, formatNote, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatPreview, formatSchedules } from "#/cli/format-schedules.ts";
import { collect } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type MissedPolicy = ScheduleView["missedPolicy"];
type Settings = Readonly<{
  rule?: string;
  zone?: string;
  source?: readonly string[];
  missed?: MissedPolicy;
  dryRun?: boolean;
}>;
type AddOptions = Settings & Readonly<{ rule: string }>;
type EditOptions = Settings & Readonly<{ allSources?: boolean }>;

const RULE_HELP =
  "A rule is a cron expression of five fields (minute, hour, day, month, weekday) or an RRULE, both in the schedule's time " +
  "zone. An RRULE may have a start before it: DTSTART:20260101T080000. A time that clocks skip runs at the first moment " +
  "after the gap, one that they show twice runs once.";

/** `ratebook schedules …` */
export function addSchedulesCommands(program: Command, run: Run): void {
  const schedules = defineGroup(program, "schedules", "When syncs start automatically.");

  defineCommand(schedules, "list", "Lists the schedules: when they run next, and how they ran last.", [
    "schedules list",
    "schedules list --json | jq -r '.schedules[] | [.name, .next[0]] | @tsv'",
  ]).action((_options: unknown, command: Command) => run(command, list));

  defineCommand(schedules, "preview", "Shows in words what a rule means, and its next five times. Writes nothing.", [
    'schedules preview --rule "30 2 * * *" --zone Europe/Berlin',
    'schedules preview --rule "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18"',
  ])
    .requiredOption("--rule <rule>", "a cron expression or an RRULE")
    .option("--zone <name>", "an IANA time zone", "UTC")
    .addHelpText("after", formatNote(RULE_HELP))
    .action(({ rule, zone }: { rule: string; zone: string }, command: Command) =>
      run(command, (session) => preview(session, rule, zone)),
    );

  withSettings(
    defineCommand(schedules, "add", "Adds a schedule, which runs from now on.", [
      'schedules add nightly --rule "30 2 * * *" --zone Europe/Berlin',
      'schedules add first-of-month --rule "FREQ=MONTHLY;BYMONTHDAY=1" --source litellm --missed skip',
    ]).requiredOption("--rule <rule>", "a cron expression or an RRULE"),
  )
    .argument("<name>", "lower-case letters, digits, dots, dashes and underscores")
    .action((name: string, options: AddOptions, command: Command) =>
      run(command, (session) => add(session, name, options)),
    );

  withSettings(
    defineCommand(
      schedules,
      "edit",
      "Changes a schedule. What is not named stays as it is; a new rule counts from now on.",
      ['schedules edit nightly --rule "30 3 * * *" --dry-run', "schedules edit nightly --all-sources"],
    ).option("--rule <rule>", "a cron expression or an RRULE"),
  )
    .option("--all-sources", "all sources that are enabled when it runs")
    .argument("<name>", "its name")
    .action((name: string, options: EditOptions, command: Command) =>
      run(command, (session) => edit(session, name, options)),
    );

  defineCommand(schedules, "pause", "Pauses a schedule until it is resumed.", [
    'schedules pause nightly --reason "the seller moves"',
  ])
    .argument("<name>", "its name")
    .option("--reason <text>", "why; shown with it and kept in the audit log")
    .action((name: string, { reason }: { reason?: string }, command: Command) =>
      run(command, async (session) => {
        await session.client.schedules.pause.mutate({ name, ...(reason === undefined ? {} : { reason }) });
        return show(session, name);
      }),
    );

  defineCommand(schedules, "resume", "Resumes a schedule from now on.", ["schedules resume nightly"])
    .argument("<name>", "its name")
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async (session) => {
        await session.client.schedules.resume.mutate({ name });
        return show(session, name);
      }),
    );

  defineCommand(schedules, "run", "Runs a schedule now. Its own times stay as they are.", ["schedules run nightly"])
    .argument("<name>", "its name")
    .option("--request-id <id>", "the same id is the same sync")
    .action((name: string, { requestId }: { requestId?: string }, command: Command) =>
      run(command, async ({ client, print, say }) => {
        const answer = await client.schedules.runNow.mutate({
          name,
          ...(requestId === undefined ? {} : { requestId }),
        });
        print(answer, () => `Queued as sync ${answer.jobId}\n`);
        say(`Follow it with: ratebook sync watch ${answer.jobId}`);
        return EXIT.ok;
      }),
    );

  defineCommand(schedules, "remove", "Removes a schedule. Syncs that it has queued stay.", ["schedules remove nightly"])
    .argument("<name>", "its name")
    .action((name: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const answer = await client.schedules.remove.mutate({ name });
        print(answer, () => "The schedule is removed.\n");
        return EXIT.ok;
      }),
    );
}

function withSettings(command: Command): Command {
  return command
    .option("--zone <name>", "an IANA time zone, such as Europe/Berlin (UTC when it is added without)")
    .option("--source <name>", "only this source; may be given many times", collect)
    .addOption(
      new Option("--missed <policy>", "what an outage missed: run one sync for all of it, or none").choices([
        "run_once",
        "skip",
      ]),
    )
    .option("--dry-run", "only say when it would run")
    .addHelpText("after", formatNote(RULE_HELP));
}

function settingsOf({ rule, zone, source, missed }: Settings) {
  return {
    ...(rule === undefined ? {} : { rule }),
    ...(zone === undefined ? {} : { timeZone: zone }),
    ...(source === undefined ? {} : { sources: [...source] }),
    ...(missed === undefined ? {} : { missedPolicy: missed }),
  };
}

async function list({ client, print, paint, width }: Session): Promise<ExitCode> {
  const answer = await client.schedules.list.query();
  print(answer, () => formatSchedules(answer.schedules, paint, width));
  return EXIT.ok;
}

async function preview({ client, print, say }: Session, rule: string, timeZone: string): Promise<ExitCode> {
  const answer = await client.schedules.preview.query({ rule, timeZone });
  print(answer, () => formatPreview(answer));
  say("Nothing was written.");
  return EXIT.ok;
}

async function add(session: Session, name: string, options: AddOptions): Promise<ExitCode> {
  const { rule, zone = "UTC", dryRun } = options;
  if (dryRun === true) return preview(session, rule, zone);
  await session.client.schedules.create.mutate({ ...settingsOf(options), name, rule });
  return show(session, name);
}

async function edit(session: Session, name: string, options: EditOptions): Promise<ExitCode> {
  if (options.allSources === true && options.source !== undefined)
    throw new CliError("Say either --all-sources or --source");
  const change = { ...settingsOf(options), ...(options.allSources === true ? { sources: null } : {}) };
  if (Object.keys(change).length === 0)
    throw new CliError("Say what to change: --rule, --zone, --source, --all-sources or --missed");
  if (options.dryRun === true) {
    const schedule = await find(session, name);
    return preview(session, options.rule ?? schedule.rule, options.zone ?? schedule.timeZone);
  }
  await session.client.schedules.update.mutate({ ...change, name });
  return show(session, name);
}

async function find({ client }: Session, name: string): Promise<ScheduleView> {
  const { schedules } = await client.schedules.list.query();
  const schedule = schedules.find((one) => one.name === name);
  if (schedule === undefined) throw new CliError(`There is no schedule called "${name}"`);
  return schedule;
}

async function show(session: Session, name: string): Promise<ExitCode> {
  const schedule = await find(session, name);
  session.print(schedule, () => formatSchedules([schedule], session.paint, session.width));
  return EXIT.ok;
}
