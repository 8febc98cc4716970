import type { Command } from "commander";
import { defineCommand, type Run } from "#/cli/define-command.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";
import { formatOfferList, formatPricedOffers } from "#/cli/format-price.ts";
import { formatCount } from "#/cli/format-table.ts";
import { countUpTo } from "#/cli/read-argument.ts";
import type { Session } from "#/cli/session.ts";

type GetOptions = Readonly<{ seller?: string; source?: string; variant?: string; at?: string; knownAt?: string }>;
type ListOptions = Readonly<{ limit: number; seller?: string; source?: string }>;

/** `ratebook prices …` */
export function addPricesCommands(program: Command, run: Run): void {
  const prices = program.command("prices").description("Reads the book of prices.");

  defineCommand(
    prices,
    "get",
    "Says what a model costs, or cost, by every source, with where each answer comes from.",
    [
      "prices get gpt-5",
      "prices get gpt-5 --seller openai --at 2026-07-01T00:00:00Z",
      "prices get gpt-5 --at 2026-07-01T00:00:00Z --known-at 2026-07-02T00:00:00Z --json",
    ],
  )
    .argument("<model>", "its exact id; find it with `ratebook prices list`")
    .option("--seller <name>", "only what this seller asks")
    .option("--source <name>", "only what this source says")
    .option("--variant <name>", 'only this variant, such as "default" or "batch"')
    .option("--at <instant>", "the price at this instant (default: now)")
    .option("--known-at <instant>", "only what had been observed by this instant (default: all that is known)")
    .addHelpText("after", "\nAn instant is ISO 8601 with a zone: 2026-08-01T12:00:00Z or 2026-08-01T14:00:00+02:00.")
    .action((model: string, options: GetOptions, command: Command) =>
      run(command, (session) => get(session, model, options)),
    );

  defineCommand(prices, "list", "Lists prices whose seller, model or variant contains every word.", [
    "prices list",
    'prices list "openai gpt" --limit 50',
    "prices list --seller anthropic --json | jq .total",
  ])
    .argument("[search...]", "words that must all occur, in any case")
    .option("--limit <n>", "how many", countUpTo(500), 20)
    .option("--seller <name>", "only this seller's")
    .option("--source <name>", "only from this source")
    .action((words: string[], options: ListOptions, command: Command) =>
      run(command, (session) => list(session, words, options)),
    );
}

async function get(session: Session, model: string, options: GetOptions): Promise<ExitCode> {
  const { seller, source, variant, at, knownAt } = options;
  const answer = await session.client.prices.get.query({
    model,
    ...(seller === undefined ? {} : { seller }),
    ...(source === undefined ? {} : { source }),
    ...(variant === undefined ? {} : { variant }),
    ...(at === undefined ? {} : { at }),
    ...(knownAt === undefined ? {} : { knownAt }),
  });
  session.print(answer, () => formatPricedOffers(answer.offers));
  return EXIT.ok;
}

async function list(
  session: Session,
  words: readonly string[],
  { limit, seller, source }: ListOptions,
): Promise<ExitCode> {
  const answer = await session.client.prices.list.query({
    limit,
    ...(words.length === 0 ? {} : { search: words.join(" ") }),
    ...(seller === undefined ? {} : { seller }),
    ...(source === undefined ? {} : { source }),
  });
  const { offers, total } = answer;
  session.print(answer, () => (offers.length === 0 ? "No prices.\n" : formatOfferList(offers, session.width)));
  if (total > offers.length) {
    session.say(
      `Shown: ${formatCount(offers.length)} of ${formatCount(total)}. Say more words, or see more with --limit`,
    );
  }
  return EXIT.ok;
}
