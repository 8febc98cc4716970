import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FEED_PATHS, FEEDS, type Feed } from "#/market/feed.ts";
import { openMarket } from "#/market/open-market.ts";
import type { Bench } from "./run-bench.ts";

export type Documents = Readonly<Record<Feed, string>>;

export type Catalogues = Readonly<{
  /** As they are at first. */
  documents: Documents;
  /** One offer in a hundred asks a tenth more. */
  changed: Documents;
  /** Where each is. */
  sources: readonly Readonly<{ kind: Feed; url: string }>[];
  publish: (documents: Documents) => Promise<void>;
}>;

/** The catalogues of a simulated market of so many models, served by a process that does nothing else. A model makes some 17 offers. */
export async function openCatalogues(bench: Bench, models: number): Promise<Catalogues> {
  const market = await openMarket({ seed: bench.seed, models });
  const read = async (feed: Feed) => [feed, await (await fetch(market.url + FEED_PATHS[feed])).text()] as const;
  const texts = await Promise.all(FEEDS.map(read));
  await market.close();
  const documents = toDocuments(texts);
  const folder = join(bench.folder, `catalogues-${models}`);
  await mkdir(folder);
  const publish = async (published: Documents) => {
    for (const feed of FEEDS) await writeFile(join(folder, feed), published[feed]);
  };
  await publish(documents);
  const { ready } = await bench.start({
    entry: "perf/processes/serve-folder.ts",
    args: [folder],
    ready: /ready at (\S+)/,
  });
  return {
    documents,
    changed: toDocuments(texts.map(([feed, text]) => [feed, raiseSome(text)])),
    sources: FEEDS.map((kind) => ({ kind, url: `${ready}/${kind}` })),
    publish,
  };
}

/** Every text belongs to a feed, and every feed has one. */
function toDocuments(texts: readonly (readonly [Feed, string])[]): Documents {
  return Object.fromEntries(texts) as Documents;
}

const EVERY = 100;
/** What each format calls the price of input. */
const INPUT_PRICES: ReadonlySet<string> = new Set(["prompt", "input_cost_per_token", "input", "input_mtok"]);

function raiseSome(text: string): string {
  let seen = 0;
  const raise = (name: string, value: unknown): unknown => {
    const isPrice =
      INPUT_PRICES.has(name) && (typeof value === "number" || typeof value === "string") && Number(value) > 0;
    if (!isPrice) return value;
    seen += 1;
    if (seen % EVERY !== 0) return value;
    const raised = Number((Number(value) * 1.1).toPrecision(6));
    return typeof value === "string" ? String(raised) : raised;
  };
  return JSON.stringify(JSON.parse(text, raise));
}
