import type { Charge } from "#/price/charge.ts";
import { spellSeller } from "#/price/sellers.ts";
import { tierOf } from "#/price/variant.ts";
import type { ExportedDocument, ExportedOffer } from "#/sources/exported-offer.ts";
import { openrouterAdapter } from "#/sources/openrouter.ts";

const FIELDS = new Map(openrouterAdapter.units.map(({ field, meter, unit }) => [`${meter}/${unit}`, field]));

/** OpenRouter's list of models, with decimal texts in USD per unit. Context tiers stand in `overrides`. */
export function writeOpenrouter(offers: readonly ExportedOffer[]): ExportedDocument {
  let omitted = 0;
  // The shape knows a variant by a word behind the id; what stands under conditions has no id there.
  const isSaid = ({ variant }: ExportedOffer) => variant === tierOf(variant);
  const sold = offers.filter(isSaid);
  for (const offer of offers) if (!isSaid(offer)) omitted += offer.charges.length;
  const data = sold.map(({ seller, model, variant, listing, charges }) => {
    const known = charges.filter((charge) => isExpressible(charge));
    omitted += charges.length - known.length;
    const id = listing ?? `${spellSeller(seller, "openrouter")}/${model}${variant === "default" ? "" : `:${variant}`}`;
    const tiers = Map.groupBy(
      known.filter(({ tier }) => tier !== undefined),
      ({ tier }) => tier?.above ?? 0,
    );
    const overrides = [...tiers]
      .toSorted(([a], [b]) => a - b)
      .map(([above, lines]) => ({ min_prompt_tokens: above, ...pricesOf(lines) }));
    const base = pricesOf(known.filter(({ tier }) => tier === undefined));
    return { id, pricing: overrides.length === 0 ? base : { ...base, overrides } };
  });
  return { text: JSON.stringify({ data }, undefined, 2), omitted };
}

function isExpressible({ meter, unit, tier, window }: Charge): boolean {
  return FIELDS.has(`${meter}/${unit}`) && window === undefined && tier?.of === undefined;
}

function pricesOf(charges: readonly Charge[]): Record<string, string> {
  return Object.fromEntries(charges.map(({ meter, unit, amount }) => [FIELDS.get(`${meter}/${unit}`) ?? "", amount]));
}
