import { InvalidArgumentError, type Command } from "commander";
import { z } from "zod";
import { followChanges } from "#/client/follow-changes.ts";
import type { RateChange, ReplicaCharge } from "#/client/replica-rate.ts";
import { defineCommand, formatNote, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { printable } from "#/cli/printable.ts";
import { callRest } from "#/cli/rest-call.ts";
import type { Session } from "#/cli/session.ts";
import { diffCharges } from "#/price/charge.ts";
import { conditionWords, meterWords, priceWithUnit } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import { chargeOutput } from "#/terms/offer-output.ts";

type Options = Readonly<{ after?: string; follow?: true }>;
type Page = Readonly<{ version: string; changes: readonly RateChange[]; next_cursor: string | null }>;

/** `ratebook prices changes` */
export function addChangesCommand(prices: Command, run: Run): void {
  defineCommand(
    prices,
    "changes",
    "Prints what has changed in the prices in force since a version of the book, one line a change.",
    ["prices changes --after 120", "prices changes --follow", "prices changes --after 120 --follow --json"],
  )
    .option("--after <version>", "begin after this version (default: the newest one)", readVersion)
    .option("--follow", "go on with every change that comes, until Ctrl-C")
    .addHelpText("after", formatNote("With --json: one JSON document a line, as `GET /v1/changes` gives it."))
    .action((options: Options, command: Command) => run(command, (session) => showChanges(session, options)));
}

async function showChanges(session: Session, { after, follow }: Options): Promise<ExitCode> {
  const start = after ?? (await newestVersion(session));
  if (follow !== true) return printPages(session, start);
  if (after === undefined) session.say(`Following the book from version ${start} on`);
  let isAway = false;
  const { server, io } = session;
  const onHeard = () => {
    if (isAway) session.say("Connected again.");
    isAway = false;
  };
  const onAway = () => {
    if (!isAway) session.say("The server is away: reconnecting…");
    isAway = true;
  };
  for await (const { changes } of followChanges(server, { after: start, signal: io.interrupted, onHeard, onAway }))
    for (const change of changes) print(session, change);
  io.interrupted.throwIfAborted();
  return EXIT.ok;
}

async function printPages(session: Session, after: string): Promise<ExitCode> {
  let cursor = "";
  do {
    const page = (await (await callRest(session, `/v1/changes?after=${after}${cursor}`)).json()) as Page;
    for (const change of page.changes) print(session, change);
    cursor = page.next_cursor === null ? "" : `&cursor=${encodeURIComponent(page.next_cursor)}`;
    if (cursor === "") session.say(`The book is at version ${page.version}`);
  } while (cursor !== "");
  return EXIT.ok;
}

async function newestVersion(session: Session): Promise<string> {
  const answer = await callRest(session, "/v1/prices?limit=1");
  await answer.body?.cancel();
  return answer.headers.get("x-ratebook-version") ?? "0";
}

function print(session: Session, change: RateChange): void {
  if (session.json) session.io.stdout.write(`${JSON.stringify(change)}\n`);
  else session.io.stdout.write(`${formatChange(change)}\n`);
}

/** `v12  openai gpt-5: input $1.25 -> $2 per 1M tokens (sync)` */
export function formatChange({ version, seller, model, variant, change, price, previous, cause }: RateChange): string {
  const name = `${printable(seller)} ${printable(model)}${variant === "default" ? "" : ` [${printable(variant)}]`}`;
  const words = {
    first: "first price",
    gone: "no price any more",
    source: "same price, from another source",
    changed: "",
  }[change];
  const lines = describeCharges(previous?.charges ?? [], price?.charges ?? []);
  const what = [words, change === "source" || change === "gone" ? "" : lines].filter((part) => part !== "").join(": ");
  return `v${version}  ${name}: ${what} (${cause})`;
}

function describeCharges(before: readonly ReplicaCharge[], after: readonly ReplicaCharge[]): string {
  const read = (charges: readonly ReplicaCharge[]) => readCharges(z.array(chargeOutput).parse(charges));
  const lines = diffCharges(read(before), read(after)).map(({ before: old, after: now }) => {
    const line = now ?? old;
    if (line === undefined) throw new Error("a difference has two sides");
    const name = [meterWords(line.meter), conditionWords(line)].filter((part) => part !== "").join(" ");
    return `${name} ${old === undefined ? "" : `${priceWithUnit(old)} -> `}${now === undefined ? "none" : priceWithUnit(now)}`;
  });
  return lines.join(", ");
}

function readVersion(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new InvalidArgumentError("A version is a whole number, such as 120.");
}
