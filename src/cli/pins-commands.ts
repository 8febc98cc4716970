import { type Command, Option } from "commander";
import type { RatebookInputs, RatebookOutputs } from "#/client/ratebook-client.ts";
import { defineCommand, defineGroup, type Run } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatAsk } from "#/cli/format-result.ts";
import { formatTable, plural } from "#/cli/format-table.ts";
import { formatInstant } from "#/cli/format-time.ts";
import { printable } from "#/cli/printable.ts";
import { collect } from "#/cli/read-argument.ts";
import { readTextFile } from "#/cli/read-text-file.ts";
import type { Session } from "#/cli/session.ts";
import { parseDecimal, shiftPoint } from "#/price/decimal.ts";
import { METERS, UNITS } from "#/terms/meter.ts";

type ChargeInput = RatebookInputs["prices"]["setPin"]["charges"][number];
type Meter = ChargeInput["meter"];
type Target = Readonly<{ seller: string; variant?: string; meter?: Meter }>;
type Pin = RatebookOutputs["prices"]["pins"]["pins"][number];
type SetOptions = Target &
  Readonly<{
    input?: string;
    output?: string;
    cacheRead?: string;
    cacheWrite?: string;
    charge?: readonly string[];
    reason: string;
    expires?: string;
  }>;

/** `ratebook pins …` */
export function addPinsCommands(program: Command, run: Run): void {
  const pins = defineGroup(program, "pins", "Prices set by hand, above every source, until they are cleared.");

  defineCommand(pins, "list", "Lists the pins in force, and where the sources' prices have moved away below them.", [
    "pins list",
    "pins list --json | jq '.pins[] | select(.drift != null)'",
  ]).action((_options: unknown, command: Command) => run(command, list));

  withTarget(
    defineCommand(pins, "set", "Pins a price: one meter, or, without --meter, the whole offer.", [
      'pins set gpt-5 --seller openai --input 1.10 --output 9 --reason "our contract"',
      'pins set whisper-1 --seller openai --meter input --charge input=0.00009/second --reason "our contract"',
    ]),
  )
    .option("--input <usd>", "USD per 1M tokens")
    .option("--output <usd>", "USD per 1M tokens")
    .option("--cache-read <usd>", "USD per 1M tokens")
    .option("--cache-write <usd>", "USD per 1M tokens")
    .option(
      "--charge <meter=usd/unit>",
      "USD per one unit, such as web_search=0.01/search; may be given many times",
      collect,
    )
    .requiredOption("--reason <text>", "why; kept with the pin and in the audit log")
    .option("--expires <instant>", "when the pin ends, such as 2026-12-31T00:00:00Z")
    .action((model: string, options: SetOptions, command: Command) =>
      run(command, (session) => set(session, model, options)),
    );

  withTarget(
    defineCommand(pins, "clear", "Clears a pin, so that the sources' present price counts again.", [
      'pins clear gpt-5 --seller openai --reason "the contract has ended"',
    ]),
  )
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .action((model: string, { reason, ...target }: Target & { reason: string }, command: Command) =>
      run(command, async ({ client, print }) => {
        const answer = await client.prices.clearPin.mutate({ ...targetOf(model, target), reason });
        print(answer, () => "The pin is cleared.\n");
        return EXIT.ok;
      }),
    );

  defineImport(pins, "pins import", run);
  defineImport(program, "import", run);
}

/** The same under two names: who has a price list of their own does not look for it under pins. */
function defineImport(parent: Command, name: string, run: Run): void {
  defineCommand(parent, "import", "Sets one pin per line of a CSV; with any bad line nothing is set.", [
    `${name} pins.csv --dry-run`,
    `${name} pins.csv`,
  ])
    .argument("<file>", "columns: seller,model,variant,meter,unit,usd_per_unit or usd_per_1m,reason,expires_at")
    .option("--dry-run", "only say what would be set")
    .action((file: string, { dryRun }: { dryRun?: boolean }, command: Command) =>
      run(command, (session) => importFile(session, file, dryRun === true)),
    );
}

function withTarget(command: Command): Command {
  return command
    .argument("<model>", "its exact id at the seller")
    .requiredOption("--seller <name>", "who bills")
    .option("--variant <name>", 'such as "batch" (default: "default")')
    .addOption(new Option("--meter <meter>", "only this meter").choices(METERS));
}

function targetOf(model: string, { seller, variant, meter }: Target) {
  return {
    model,
    seller,
    ...(variant === undefined ? {} : { variant }),
    ...(meter === undefined ? {} : { meter }),
  };
}

async function set({ client, print }: Session, model: string, options: SetOptions): Promise<ExitCode> {
  const charges = [
    ...perMillion("input", options.input),
    ...perMillion("output", options.output),
    ...perMillion("cache_read", options.cacheRead),
    ...perMillion("cache_write", options.cacheWrite),
    ...(options.charge ?? []).map(readCharge),
  ];
  if (charges.length === 0)
    throw new CliError("Say the price: --input, --output, --cache-read, --cache-write or --charge");
  const answer = await client.prices.setPin.mutate({
    ...targetOf(model, options),
    charges,
    reason: options.reason,
    ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
  });
  print(answer, () => `Pinned as ${answer.id}.\n`);
  return EXIT.ok;
}

function perMillion(meter: Meter, usd: string | undefined): ChargeInput[] {
  if (usd === undefined) return [];
  const amount = parseDecimal(usd);
  if (amount === undefined) throw new CliError(`"${usd}" is no price in USD per 1M tokens`);
  return [{ meter, unit: "token", amount: shiftPoint(amount, -6) }];
}

function readCharge(text: string): ChargeInput {
  const [, name, amount = "", per] = /^([a-z0-9_]+)=([^/]+)\/([a-z_]+)$/.exec(text) ?? [];
  const meter = METERS.find((one) => one === name);
  const unit = UNITS.find((one) => one === per);
  if (meter === undefined || unit === undefined || parseDecimal(amount) === undefined)
    throw new CliError(`"${text}" is no charge; write it as meter=usd/unit, such as web_search=0.01/search`);
  return { meter, unit, amount };
}

async function list({ client, print, width }: Session): Promise<ExitCode> {
  const answer = await client.prices.pins.query({});
  const columns = [
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "PINNED", align: "right" as const },
    { title: "SOURCE ASKS", align: "right" as const },
    { title: "ASKED WHEN PINNED", align: "right" as const },
    { title: "ENDS" },
    { title: "REASON" },
  ];
  const rows = answer.pins.map((pin) => [
    printable(pin.seller),
    printable(pin.variant === "default" ? pin.model : `${pin.model} [${pin.variant}]`),
    formatAsk(pin),
    pin.below === null ? "nothing" : formatAsk(onlyPinned(pin, pin.below)),
    pin.drift === null ? "" : formatAsk(onlyPinned(pin, pin.drift)),
    pin.expiresAt === null ? "never" : formatInstant(pin.expiresAt),
    printable(pin.reason),
  ]);
  print(answer, () => (rows.length === 0 ? "No pins.\n" : formatTable(columns, rows, width)));
  return EXIT.ok;
}

type Ask = NonNullable<Pin["drift"]>;

function onlyPinned({ meter }: Pin, { state, charges }: Ask): Ask {
  return { state, charges: charges.filter((charge) => meter === null || charge.meter === meter) };
}

async function importFile({ client, print, say, width }: Session, file: string, dryRun: boolean): Promise<ExitCode> {
  const csv = await readTextFile(file);
  const answer: RatebookOutputs["prices"]["importPins"] = await client.prices.importPins.mutate({ csv, dryRun });
  const columns = [
    { title: "LINE", align: "right" as const },
    { title: "ACTION" },
    { title: "SELLER" },
    { title: "MODEL", shrinks: true },
    { title: "BEFORE", align: "right" as const },
    { title: "AFTER", align: "right" as const },
  ];
  const rows = answer.pins.map((pin) => [
    String(pin.line),
    pin.action,
    printable(pin.seller),
    printable(pin.model),
    formatAsk(pin.before === null ? null : { state: "priced", charges: pin.before }),
    formatAsk({ state: "priced", charges: pin.after }),
  ]);
  print(answer, () => formatTable(columns, rows, width));
  for (const note of answer.notes) say(note);
  for (const { line, problem } of answer.problems) say(`line ${line}: ${printable(problem)}`);
  say(
    `${plural(answer.written, "pin")} set.${answer.problems.length > 0 ? " Mend the bad lines and import again." : ""}`,
  );
  return answer.problems.length > 0 ? EXIT.failed : EXIT.ok;
}
