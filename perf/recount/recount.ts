/**
 * Counts real payload files again, with code that shares nothing with the product, and compares with what a running
 * Ratebook says of its newest sync: offers by state, rejects, and prices picked at random, to the last digit.
 *
 *   node perf/recount/recount.ts litellm=FILE openrouter=FILE models-dev=FILE [--before litellm=OLDER_FILE] [--seed N]
 *
 * A source is named as in Ratebook. RATEBOOK_URL and RATEBOOK_API_KEY say where. Exit code 1 when anything differs.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { recountLitellm, recountModelsDev, recountOpenrouter, type Counted, type Recount } from "./files.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    before: { type: "string" },
    seed: { type: "string", default: "1" },
    picks: { type: "string", default: "10" },
  },
});
const url = process.env["RATEBOOK_URL"] ?? "http://127.0.0.1:3000";
const headers = { authorization: `Bearer ${process.env["RATEBOOK_API_KEY"] ?? ""}` };
const RECOUNTS: Record<string, (text: string) => Recount> = {
  litellm: recountLitellm,
  openrouter: recountOpenrouter,
  "models-dev": recountModelsDev,
};
let differences = 0;

type Counts = Record<string, number>;
type Charge = { meter: string; unit: string; amount: string; tier?: { above: number; of?: string }; window?: unknown };
type Sync = { jobId: string; status: string; log: { source: string; counts: Counts }[] };

async function ask<T>(procedure: string, input: unknown): Promise<T> {
  const response = await fetch(`${url}/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    headers,
  });
  if (!response.ok) throw new Error(`${procedure} answered ${response.status}: ${await response.text()}`);
  const { result } = (await response.json()) as { result: { data: T } };
  return result.data;
}

const byLine = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : 1);

function compare(what: string, recounted: unknown, product: unknown): void {
  const same = String(recounted) === String(product);
  if (!same) differences += 1;
  process.stdout.write(
    `${same ? "same" : "DIFF"}  ${what.padEnd(34)} recount ${String(recounted).padStart(8)}   product ${String(product).padStart(8)}\n`,
  );
}

async function load(pair: string): Promise<[string, Recount]> {
  const [source = "", file = ""] = pair.split("=", 2);
  const recount = RECOUNTS[source.replace(/-\d+$/, "")];
  if (recount === undefined) throw new Error(`no recount for ${source}; there are ${Object.keys(RECOUNTS).join(", ")}`);
  return [source, recount(await readFile(file, "utf8"))];
}

/** The same picks for the same seed. */
function pick<T>(items: T[], count: number, seed: number): T[] {
  let state = seed;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31);
  return Array.from({ length: Math.min(count, items.length) }, () => items[next() % items.length]).filter(
    (item) => item !== undefined,
  );
}

async function comparePrice(source: string, key: string, counted: Counted): Promise<void> {
  const [seller, model, variant] = key.split("|");
  const { offers } = await ask<{ offers: { state: string; charges: Charge[] }[] }>("prices.get", {
    source,
    seller,
    model,
    variant,
  });
  const charges = offers[0]?.charges ?? [];
  const found = Object.fromEntries(
    charges.map(({ meter, unit, amount, tier }) => [
      `${meter}/${unit}${tier ? `>${tier.above}${tier.of ?? ""}` : ""}`,
      amount,
    ]),
  );
  const text = (lines: Record<string, string>) =>
    Object.entries(lines)
      .toSorted(byLine)
      .map(([line, amount]) => `${line}=${amount}`)
      .join(" ");
  const same = text(found) === text(counted.lines) && offers[0]?.state === counted.state;
  if (!same) differences += 1;
  process.stdout.write(
    `${same ? "same" : "DIFF"}  ${source} ${key}\n        ${text(counted.lines)}\n${same ? "" : `        product: ${text(found)}\n`}`,
  );
}

const { syncs } = await ask<{ syncs: { jobId: string }[] }>("syncs.list", { limit: 1 });
const sync = await ask<Sync>("syncs.get", { jobId: syncs[0]?.jobId });
process.stdout.write(`sync ${sync.jobId}: ${sync.status}\n`);
const before = values.before === undefined ? undefined : await load(values.before);

for (const pair of positionals) {
  const [source, offers] = await load(pair);
  const counts = sync.log.find((entry) => entry.source === source)?.counts;
  if (counts === undefined) throw new Error(`the newest sync has no source ${source}`);
  compare(`${source} offers`, offers.size, counts["offers"]);
  for (const state of ["priced", "free", "unknown", "varies"]) {
    compare(`${source} ${state}`, [...offers.values()].filter((offer) => offer.state === state).length, counts[state]);
  }
  compare(`${source} rejected`, 0, counts["rejected"]);
  if (before?.[0] === source) {
    const old = before[1];
    const text = (offer: Counted | undefined) =>
      JSON.stringify([offer?.state, Object.entries(offer?.lines ?? {}).toSorted(byLine)]);
    const kept = [...offers].filter(([key]) => old.has(key));
    const changed = kept.filter(([key, offer]) => text(offer) !== text(old.get(key))).length;
    compare(`${source} new`, offers.size - kept.length, counts["created"]);
    compare(`${source} changed`, changed, counts["changed"]);
    compare(`${source} unchanged`, kept.length - changed, counts["unchanged"]);
    compare(`${source} missing`, old.size - kept.length, counts["missing"]);
  }
  for (const [key, counted] of pick([...offers], Number(values.picks), Number(values.seed)))
    await comparePrice(source, key, counted);
}
process.stdout.write(differences === 0 ? "No difference.\n" : `${differences} differences.\n`);
process.exitCode = differences === 0 ? 0 : 1;
