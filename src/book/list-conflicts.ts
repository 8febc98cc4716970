import { sql } from "drizzle-orm";
import { z } from "zod";
import { trustCharges } from "#/book/get-price.ts";
import type { Db } from "#/platform/database.ts";
import { findBaseAmount } from "#/price/charge.ts";
import { compareDecimals, ratio } from "#/price/decimal.ts";
import { mayShareVendor, modelIdentity } from "#/price/model-identity.ts";
import { chargeOutput } from "#/terms/offer-output.ts";
import type { Meter } from "#/terms/meter.ts";

const METERS_COMPARED = ["input", "output", "cache_read"] as const satisfies readonly Meter[];

const side = z.object({
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  /** The source's own id of the entry. */
  listing: z.string(),
  /** USD per token. */
  amount: z.string(),
});

export const priceConflict = z.object({
  variant: z.string(),
  meter: z.enum(METERS_COMPARED),
  /** In the order of rank: the first one is what counts when the ids are spelled alike. */
  sides: z.array(side),
  /** Highest over lowest. */
  ratio: z.string().nullable(),
});
export type PriceConflict = z.infer<typeof priceConflict>;

const row = z.object({
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  listing: z.string(),
  charges: z.array(chargeOutput),
});

type ListConflictsInput = Readonly<{ overPercent: number; limit: number }>;

/**
 * Offers of the same seller for the same model that different sources price further apart than `overPercent`, the widest
 * first; and so are several entries of one source. Models are matched through their identities; nothing is moved from one to
 * another.
 */
export async function listConflicts(
  db: Db,
  { overPercent, limit }: ListConflictsInput,
): Promise<{ conflicts: PriceConflict[]; total: number }> {
  const rows = await db.execute(sql`
    select source, seller, model, variant, listing, charges from model_pricing
    where state = 'priced' and delisted_at is null order by source_rank(source), source, model, id`);
  const offers = z.array(row).parse([...rows]);
  const groups = Map.groupBy(offers, ({ seller, model, variant }) =>
    JSON.stringify([seller, modelIdentity(model).exact, variant]),
  );
  const conflicts = [...groups.values()]
    .flatMap(splitByVendor)
    .flatMap((group) => METERS_COMPARED.flatMap((meter) => findConflict(group, meter, overPercent) ?? []))
    .toSorted((a, b) => Number(b.ratio ?? Infinity) - Number(a.ratio ?? Infinity));
  return { conflicts: conflicts.slice(0, limit), total: conflicts.length };
}

/** `acme/one` and `other/one` are two models of one seller. */
function splitByVendor(group: readonly z.infer<typeof row>[]): z.infer<typeof row>[][] {
  const groups: z.infer<typeof row>[][] = [];
  for (const offer of group) {
    const own = modelIdentity(offer.model);
    const known = groups.find(([first]) => first !== undefined && mayShareVendor(own, modelIdentity(first.model)));
    if (known === undefined) groups.push([offer]);
    else known.push(offer);
  }
  return groups;
}

function findConflict(
  group: readonly z.infer<typeof row>[],
  meter: (typeof METERS_COMPARED)[number],
  overPercent: number,
): PriceConflict | undefined {
  // Of one source's spellings of a model the first stands for it; its entries of that one model all stand.
  const modelOf = new Map<string, string>();
  const sides = group.flatMap(({ source, seller, model, listing, charges }) => {
    const amount = findBaseAmount(trustCharges(charges), meter);
    if (amount === undefined || (modelOf.get(source) ?? model) !== model) return [];
    modelOf.set(source, model);
    return [{ source, seller, model, listing, amount }];
  });
  const sorted = sides.map(({ amount }) => amount).toSorted(compareDecimals);
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  if (sides.length < 2 || lowest === undefined || highest === undefined || lowest === highest) return undefined;
  const apart = ratio(highest, lowest);
  if (apart !== undefined && (Number(apart) - 1) * 100 <= overPercent) return undefined;
  return { variant: group[0]?.variant ?? "default", meter, sides, ratio: apart ?? null };
}
