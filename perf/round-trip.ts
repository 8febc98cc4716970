/**
 * Reads LiteLLM's map, exports it in its own shape, reads that again, and compares every price. Exit code 1 when one differs.
 *
 *   npm run round-trip -- FILE…
 */
import { readFile } from "node:fs/promises";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import { offerKeyText, type Offer } from "#/price/offer.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { writeLitellm } from "#/sources/write-litellm.ts";

const SHOWN = 20;

function readOffers(text: string): readonly Offer[] {
  const outcome = litellmAdapter.parse(text, { observedAt: new Date().toISOString() });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet.offers;
}

for (const path of process.argv.slice(2)) {
  const priced = readOffers(await readFile(path, "utf8")).filter(({ state }) => state === "priced" || state === "free");
  const { text, omitted } = writeLitellm(priced);
  const back = new Map(readOffers(text).map((offer) => [offerKeyText(offer), offer]));
  const different = priced.filter((offer) => {
    const again = back.get(offerKeyText(offer));
    // What is in force now: an export carries no discount and no price of a later day.
    const textOf = ({ state, charges }: Offer) => fingerprintOffer({ state, charges });
    return again === undefined || textOf(again) !== textOf(offer);
  });
  process.stdout.write(
    `${path}: ${priced.length} offers with a price, ${priced.length - different.length} came back equal, ` +
      `${omitted} charges have no field in LiteLLM's shape\n`,
  );
  for (const { seller, model, variant } of different.slice(0, SHOWN))
    process.stdout.write(`  differs: ${seller} ${model} ${variant}\n`);
  if (different.length > 0) process.exitCode = 1;
}
