import { sql } from "drizzle-orm";
import { z } from "zod";
import { countNews } from "#/book/list-rate-changes.ts";
import { readRateFacts, readStandingRates } from "#/book/rate-facts.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { foldRates, type Micros, type RateFacts, type RateSegment } from "#/price/fold-rates.ts";
import type { OfferKey } from "#/price/offer.ts";
import { planRates } from "#/price/plan-rates.ts";

const difference = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  /** From when on the book says otherwise: ISO 8601. */
  from: z.string(),
  words: z.string(),
});

export const rateCheck = z.object({
  /** Rates that were worked out again, and the pieces of their timelines. */
  rates: z.number(),
  /** Rates that two or more sources stand behind. */
  shared: z.number(),
  pieces: z.number(),
  versions: z.number(),
  /** The first of them; `total` counts all. */
  differences: z.array(difference),
  total: z.number(),
});
export type RateCheck = z.infer<typeof rateCheck>;
type Difference = z.infer<typeof difference>;

const KEYS_AT_ONCE = 500;
const SHOWN = 100;
const ALL_TIME = "-infinity";

/**
 * Works all rates out again from the offers' history, the pins, the ranks and the spellings, and answers what the book says
 * otherwise, and what is wrong with its versions. Reads one snapshot, in steps. Throws the signal's reason when it is aborted.
 */
export async function verifyRates(db: Db, signal?: AbortSignal): Promise<RateCheck> {
  return db.transaction(
    async (tx) => {
      const { versions, problem } = await checkVersions(tx);
      const differences: Difference[] = problem === undefined ? [] : [problem];
      let rates = 0;
      let shared = 0;
      let pieces = 0;
      for (let page = await listKeys(tx); page.length > 0; page = await listKeys(tx, page.at(-1))) {
        signal?.throwIfAborted();
        const checked = await verifyKeys(tx, page);
        rates += page.length;
        shared += checked.shared;
        pieces += checked.pieces;
        differences.push(...checked.differences);
      }
      return { rates, shared, pieces, versions, differences: differences.slice(0, SHOWN), total: differences.length };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

async function checkVersions(tx: Tx): Promise<{ versions: number; problem: Difference | undefined }> {
  const [row] = await tx.execute<{ versions: number; newest: number; unordered: number }>(sql`
    select count(*)::int as versions, coalesce(max(version), 0)::int as newest,
      (select count(*) from (select at < lag(at) over (order by version) as back from book_versions) o where back)::int as unordered
    from book_versions`);
  const { versions, newest, unordered } = row ?? { versions: 0, newest: 0, unordered: 0 };
  const [miscounted] = await tx.execute<{ version: string }>(sql`
    select v.version::text from book_versions v left join (${countNews({})}) c using (version)
    where (v.first, v.changed, v.gone) is distinct from (coalesce(c.first, 0), coalesce(c.changed, 0), coalesce(c.gone, 0))
    order by v.version limit 1`);
  const isInOrder = versions === newest && unordered === 0;
  if (isInOrder && miscounted === undefined) return { versions, problem: undefined };
  const words = isInOrder
    ? `the version ${miscounted?.version ?? ""} counts other prices than came, changed and went with it`
    : `the book counts ${versions} versions up to number ${newest}, ${unordered} of them older than the one before`;
  return { versions, problem: { seller: "", model: "", variant: "", from: ALL_TIME, words } };
}

async function listKeys(tx: Tx, after?: OfferKey): Promise<readonly OfferKey[]> {
  const { model, seller, variant } = after ?? { model: "", seller: "", variant: "" };
  return tx.execute<OfferKey>(sql`
    select model, seller, variant from (
      select model, seller, variant from model_pricing union select model, seller, variant from price_pins
      union select model, seller, variant from rates where version_to is null) keys
    where (model, seller, variant) > (${model}, ${seller}, ${variant}) order by model, seller, variant limit ${KEYS_AT_ONCE}`);
}

async function verifyKeys(
  tx: Tx,
  keys: readonly OfferKey[],
): Promise<{ shared: number; pieces: number; differences: readonly Difference[] }> {
  const { facts, orders, since, now } = await readRateFacts(tx, keys, ALL_TIME);
  const standing = await readStandingRates(tx, keys, ALL_TIME);
  const differences = keys.flatMap(({ seller, model, variant }, index) => {
    const rows = standing[index] ?? [];
    const plan = planRates(rows, foldRates(untrusted(facts[index]), orders, since), { since, now });
    const copied = new Set(plan.copies.map(({ id }) => id));
    const fromOf = new Map(rows.map(({ id, from }) => [id, from]));
    const lines = [
      ...plan.inserts.map((segment) => ({ from: segment.from, words: `the book does not say ${describe(segment)}` })),
      ...plan.supersedes.flatMap((id) =>
        copied.has(id) ? [] : [{ from: fromOf.get(id) ?? 0, words: `nothing stands behind the row ${id}` }],
      ),
      ...plan.copies.flatMap(({ id, isNews }) =>
        isNews
          ? []
          : [{ from: fromOf.get(id) ?? 0, words: `the row ${id} ends at another instant than the next begins` }],
      ),
    ];
    return lines.map(({ from, words }) => ({ seller, model, variant, from: textOf(from), words }));
  });
  const shared = facts.filter(
    ({ listings }) => new Set(listings.map(({ steps }) => steps[0]?.origin.source)).size > 1,
  ).length;
  return { shared, pieces: standing.reduce((sum, rows) => sum + rows.length, 0), differences };
}

/** The facts without what was worked out from them before. */
function untrusted(facts: RateFacts | undefined): RateFacts {
  const listings = (facts?.listings ?? []).map(({ precedence, steps }) => ({
    precedence,
    steps: steps.map(({ from, ask, origin }) => ({ from, ask, origin })),
  }));
  return { listings, pins: facts?.pins ?? [] };
}

function describe({ state, charges, origins }: RateSegment): string {
  const [first] = origins;
  const source = first === undefined ? "nobody" : (first.source ?? "a pin");
  return `${state} with ${charges.length} charges from ${source}`;
}

function textOf(micros: Micros): string {
  return new Date(micros / 1_000).toISOString();
}
