import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { indexSellers, placeOffers } from "#/price/sellers.ts";
import { judgeOffers, type Candidate, type Verdict } from "#/price/judge-offers.ts";
import { offerKeyText, type Ask, type Offer, type OfferKey } from "#/price/offer.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";

const USAGE = `Replays payloads of one source through the guard and prints what it holds.

  npm run replay-guard -- [--peer KIND=FILE]… [--wrong SELLER/MODEL]… [--show] KIND=FILE…

The files are taken in their order. --peer files are what other sources have in force all the while. --wrong names entries
that are known to be wrong (a trailing * matches the rest); --show prints every first price and every change that is held.
`;

async function readOffers(argument: string): Promise<readonly Offer[]> {
  const [name = "", path = ""] = argument.split("=");
  const kind = SOURCE_KINDS.find((one) => one === name);
  if (kind === undefined || path === "") throw new Error(`${argument} is not KIND=FILE`);
  const parsed = adapterFor(kind).parse(await readFile(path, "utf8"), { observedAt: new Date().toISOString() });
  if (!parsed.ok) throw new Error(`${path}: ${parsed.problem.message}`);
  return placeOffers(parsed.sheet.offers, indexSellers());
}

function share(part: number, whole: number): string {
  return whole === 0 ? "-" : `${((part / whole) * 100).toFixed(2)} %`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: "string", multiple: true, default: [] },
    wrong: { type: "string", multiple: true, default: [] },
    show: { type: "boolean", default: false },
  },
});
if (positionals.length === 0) {
  process.stdout.write(USAGE);
  process.exit(1);
}

const isWrong = ({ seller, model }: OfferKey) =>
  values.wrong.some((name) =>
    name.endsWith("*") ? `${seller}/${model}`.startsWith(name.slice(0, -1)) : `${seller}/${model}` === name,
  );
function groupOf(candidate: Candidate): "wrong" | "first" | "changed" | undefined {
  if (isWrong(candidate)) return "wrong";
  if (candidate.previous !== undefined) return "changed";
  return candidate.state === "priced" ? "first" : undefined;
}

function noteFirst(candidate: Candidate, verdict: Verdict | undefined): void {
  const key = offerKeyText(candidate);
  firstPrices.add(key);
  if (verdict?.outcome === "hold") heldFirst.set(key, describeHold(candidate, verdict));
}

function describeHold({ seller, model, variant }: Candidate, verdict: Extract<Verdict, { outcome: "hold" }>): string {
  const words = verdict.findings.map((finding) => finding.words).join("; ");
  return `${seller} ${model} ${variant}: ${verdict.reasons.join(" ")}: ${words}`;
}

const peers = (
  await Promise.all(
    values.peer.map(async (argument) =>
      (await readOffers(argument)).map((offer) => ({ ...offer, source: argument.split("=")[0] ?? "" })),
    ),
  )
).flat();

const book = new Map<string, Ask>();
const firstPrices = new Set<string>();
const heldFirst = new Map<string, string>();
const heldChanges: string[] = [];
for (const argument of positionals) {
  const offers = await readOffers(argument);
  const candidates = offers.flatMap((offer): Candidate[] => {
    const previous = book.get(offerKeyText(offer));
    if (previous === undefined) return [offer];
    return fingerprintOffer(previous) === fingerprintOffer(offer) ? [] : [{ ...offer, previous }];
  });
  const start = performance.now();
  const verdicts = judgeOffers({ candidates, peers, ownOffers: offers, rules: GUARD_DEFAULTS, isVanishing: false });
  const tookMs = performance.now() - start;

  const groups = { wrong: { all: 0, held: 0 }, first: { all: 0, held: 0 }, changed: { all: 0, held: 0 } };
  for (const [index, candidate] of candidates.entries()) {
    const verdict = verdicts[index];
    const isHeld = verdict?.outcome === "hold";
    if (!isHeld) book.set(offerKeyText(candidate), candidate);
    const name = groupOf(candidate);
    if (name === undefined) continue;
    groups[name].all += 1;
    if (isHeld) groups[name].held += 1;
    if (name === "first") noteFirst(candidate, verdict);
    if (name === "changed" && verdict?.outcome === "hold") heldChanges.push(describeHold(candidate, verdict));
  }
  process.stdout.write(
    `${argument}: ${candidates.length} to judge in ${tookMs.toFixed(0)} ms\n` +
      `  known wrong    ${groups.wrong.all}, held ${groups.wrong.held}, passed ${groups.wrong.all - groups.wrong.held}\n` +
      `  first prices   ${groups.first.all}, held ${groups.first.held}\n` +
      `  changes        ${groups.changed.all}, held ${groups.changed.held}\n`,
  );
}
process.stdout.write(
  `All: ${firstPrices.size} other first prices, ${heldFirst.size} held: ${share(heldFirst.size, firstPrices.size)}\n`,
);
if (values.show) {
  for (const line of heldFirst.values()) process.stdout.write(`  ${line}\n`);
  for (const line of heldChanges) process.stdout.write(`  change: ${line}\n`);
}
