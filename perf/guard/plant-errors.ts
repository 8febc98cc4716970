/**
 * Plants errors of a known size in a payload of real prices and prints how many the guard holds: one offer at a time, all
 * offers of a seller at once, and single fields. Every offer is judged as a first price, as most wrong prices arrive.
 *
 *   npm run plant-errors -- [--peer KIND=FILE]… [--show PLACES] KIND=FILE
 *
 * --peer files are what other sources have in force. --show 2 prints the whole offers that slip through 10^2 times too high.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { show } from "#/price/check-sheet.ts";
import { shiftPoint } from "#/price/decimal.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { indexSellers, placeOffers } from "#/price/sellers.ts";
import { judgeOffers, type Verdict } from "#/price/judge-offers.ts";
import type { Offer } from "#/price/offer.ts";
import type { PeerOffer } from "#/price/peer-index.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";
import type { Meter } from "#/terms/meter.ts";

const PLACES = [6, 3, 2, 1, -1, -2, -3];
const FIELDS: readonly Meter[] = ["input", "output", "cache_read", "cache_write"];

async function readOffers(argument: string): Promise<readonly Offer[]> {
  const [name = "", path = ""] = argument.split("=");
  const kind = SOURCE_KINDS.find((one) => one === name);
  if (kind === undefined || path === "") throw new Error(`${argument} is not KIND=FILE`);
  const parsed = adapterFor(kind).parse(await readFile(path, "utf8"), { observedAt: new Date().toISOString() });
  if (!parsed.ok) throw new Error(`${path}: ${parsed.problem.message}`);
  return placeOffers(parsed.sheet.offers, indexSellers());
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peer: { type: "string", multiple: true, default: [] }, show: { type: "string" } },
});
const [argument] = positionals;
if (argument === undefined) throw new Error("Name a payload: KIND=FILE");
const offers = await readOffers(argument);
const peers: PeerOffer[] = [];
for (const one of values.peer)
  for (const offer of await readOffers(one)) peers.push({ ...offer, source: one.split("=")[0] ?? "" });

function judge(candidates: readonly Offer[], ownOffers: readonly Offer[]): Verdict[] {
  return judgeOffers({ candidates, peers, ownOffers, rules: GUARD_DEFAULTS, isVanishing: false });
}

const isHeld = (verdict: Verdict | undefined) => verdict?.outcome === "hold";
const clean = judge(offers, offers);
const good = offers.filter((offer, index) => offer.state === "priced" && !isHeld(clean[index]));

function planted(offer: Offer, places: number, meter?: Meter): Offer {
  const charges = offer.charges.map((charge) =>
    meter === undefined || charge.meter === meter ? { ...charge, amount: shiftPoint(charge.amount, places) } : charge,
  );
  return { ...offer, charges };
}

function recall(candidates: readonly Offer[], verdicts: readonly Verdict[]): string {
  const held = verdicts.filter((verdict) => isHeld(verdict)).length;
  return candidates.length === 0 ? "-" : `${((held / candidates.length) * 100).toFixed(1)} %`;
}

function seller(places: number): string {
  const candidates: Offer[] = [];
  const verdicts: Verdict[] = [];
  for (const [name, group] of Map.groupBy(good, (offer) => offer.seller)) {
    const wrong = group.map((offer) => planted(offer, places));
    candidates.push(...wrong);
    verdicts.push(...judge(wrong, [...offers.filter((offer) => offer.seller !== name), ...wrong]));
  }
  return recall(candidates, verdicts);
}

const columns = ["factor", "one offer", "a seller's", ...FIELDS];
process.stdout.write(
  `${good.length} offers of ${argument} that are not held as they are; of those with an error planted, held:\n` +
    `${columns.map((column) => column.padStart(11)).join("")}\n`,
);
for (const places of PLACES) {
  const wrong = good.map((offer) => planted(offer, places));
  const verdicts = judge(wrong, offers);
  const fields = FIELDS.map((meter) => {
    const having = good.filter(({ charges }) => charges.some((one) => one.meter === meter && one.amount !== "0"));
    const bad = having.map((offer) => planted(offer, places, meter));
    return recall(bad, judge(bad, offers));
  });
  const cells = [`10^${places}`, recall(wrong, verdicts), seller(places), ...fields];
  process.stdout.write(`${cells.map((cell) => cell.padStart(11)).join("")}\n`);
  const slipped = wrong.filter((_, index) => !isHeld(verdicts[index]));
  if (values.show === String(places))
    for (const offer of slipped) process.stdout.write(`  slips: ${describe(offer)}\n`);
}

function describe({ seller: name, model, variant, charges }: Offer): string {
  return `${name} ${model} ${variant}: ${charges.map((charge) => show(charge)).join("; ")}`;
}
