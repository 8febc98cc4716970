import { Command, InvalidArgumentError } from "commander";
import { openMarket } from "#/market/open-market.ts";

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("must be a whole number");
  return Number(text);
}

const program = new Command("market")
  .description("A simulated market of model prices, on loopback.")
  .option("--port <port>", "0 takes any free one", wholeNumber, 0)
  .option("--seed <seed>", "the same seed gives the same prices", wholeNumber, 7)
  .option("--models <count>", "distinct models", wholeNumber, 320)
  .parse();

const market = await openMarket(program.opts<{ port: number; seed: number; models: number }>());
process.stdout.write(`${JSON.stringify({ url: market.url })}\n`);

let stopping: Promise<void> | undefined;
function stop(): void {
  stopping ??= market.close().then(() => process.exit(0));
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
