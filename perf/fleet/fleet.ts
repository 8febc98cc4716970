import { fillRates } from "#/testing/fill-rates.ts";
import { openFaultProxy, type FaultProxy } from "#/testing/fault-proxy.ts";
import type { StartedProcess } from "#/testing/open-stack.ts";
import { makeKey } from "../bench/bare-answers.ts";
import type { Bench } from "../bench/run-bench.ts";
import { createOnePriceBook, MODELS, type OnePriceBook } from "./one-price-book.ts";

/** A web process that can be killed, and started again where it was. */
export type Web = Readonly<{
  url: string;
  start: () => Promise<void>;
  kill: () => Promise<void>;
}>;

export type Fleet = Readonly<{
  book: OnePriceBook;
  webs: readonly [Web, Web];
  /** Between the first web process and its database. */
  proxy: FaultProxy;
  /** A viewer's. */
  key: string;
}>;

/** Two web processes on one database, the first of which can be cut off from it. */
export async function openFleet(bench: Bench): Promise<Fleet> {
  const databaseUrl = await bench.createDatabase("fleet");
  const database = bench.connect(databaseUrl);
  await fillRates(database.db, { rates: MODELS });
  const book = createOnePriceBook(database);
  await book.change();
  const proxy = await openFaultProxy(() => Number(new URL(databaseUrl).port));
  bench.onClose("proxy", proxy.close);
  const behindProxy = Object.assign(new URL(databaseUrl), { port: String(proxy.port) }).href;
  const first = await openWeb(bench, behindProxy);
  const second = await openWeb(bench, databaseUrl);
  return { book, webs: [first, second], proxy, key: await makeKey(second.url) };
}

async function openWeb(bench: Bench, databaseUrl: string): Promise<Web> {
  const startOn = (port: string): Promise<StartedProcess> =>
    bench.startServer({ databaseUrl, role: "web", env: { PORT: port } });
  let running = await startOn("0");
  const url = running.ready;
  return {
    url,
    async start() {
      running = await startOn(new URL(url).port);
    },
    async kill() {
      await running.stop("SIGKILL");
    },
  };
}
