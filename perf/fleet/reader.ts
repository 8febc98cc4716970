import { setTimeout as sleep } from "node:timers/promises";
import { MODELS, readAmounts, type Format, type OnePriceBook } from "./one-price-book.ts";

export type Reader = Readonly<{
  /** The version of its last answer. */
  version: () => string;
  /** When it had the first answer of this version or a later one. */
  reachedAt: (version: string) => number | undefined;
  answers: () => number;
  /** What an answer failed with, in words. */
  errors: () => readonly string[];
  /** How many answers were of an older version than the one before. */
  stepsBack: () => number;
  /** Answers that were not all of the version that they say, in words. */
  findMixed: (book: OnePriceBook) => readonly string[];
  stop: () => Promise<void>;
}>;

type Options = Readonly<{
  url: string;
  format: Format;
  encoding: "br" | "gzip";
  /** For a server that asks for one. */
  key?: string;
}>;
type Said = Readonly<{ version: string; usd: ReadonlySet<number>; count: number }>;

/** Readers share the machine with what they measure. */
const PAUSE_MS = 20;
const PATIENCE_MS = 15_000;

/** Asks for an export over and over, as a gateway does, though without its pauses. */
export function openReader({ url, format, encoding, key }: Options): Reader {
  const stopped = new AbortController();
  const said: Said[] = [];
  const moves: { version: bigint; at: number }[] = [];
  const errors: string[] = [];
  let stepsBack = 0;
  let last = { text: "", amounts: readAmounts("csv", "") };
  const reading = read();

  return {
    version: () => said.at(-1)?.version ?? "0",
    reachedAt: (version) => moves.find((move) => move.version >= BigInt(version))?.at,
    answers: () => said.length,
    errors: () => errors,
    stepsBack: () => stepsBack,
    findMixed: (book) => said.flatMap((one) => explainMixed(one, book)),
    async stop() {
      stopped.abort();
      await reading;
    },
  };

  async function read(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        take(await ask());
      } catch (error) {
        errors.push(error instanceof Error ? `${error.message} ${String(error.cause ?? "")}` : String(error));
      }
      await sleep(PAUSE_MS);
    }
  }

  async function ask(): Promise<Said> {
    const headers = {
      "accept-encoding": encoding,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    const answer = await fetch(`${url}/v1/export/${format}`, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text.slice(0, 200)}`);
    if (text !== last.text) last = { text, amounts: readAmounts(format, text) };
    return { version: answer.headers.get("x-ratebook-version") ?? "", ...last.amounts };
  }

  function take(one: Said): void {
    const [before, now] = [moves.at(-1)?.version ?? 0n, BigInt(one.version)];
    const last = BigInt(said.at(-1)?.version ?? 0);
    if (now > before) moves.push({ version: now, at: performance.now() });
    if (now < last) stepsBack += 1;
    said.push(one);
  }
}

function explainMixed({ version, usd, count }: Said, book: OnePriceBook): string[] {
  const wanted = book.usdOf(version);
  const isOfOne = usd.size === 1 && wanted !== undefined && usd.has(wanted) && count === MODELS;
  return isOfOne ? [] : [`version ${version} with ${count} prices of ${[...usd].join(", ")}, not ${wanted}`];
}
