import type { Charge } from "#/price/charge.ts";
import type { Ask } from "#/price/offer.ts";
import { tierOf } from "#/price/variant.ts";
import type { DocumentFormat, EntryFacts, NewEntry, NewModel } from "#/sources/documents/document.ts";
import { itemsOf, memberOf, textOf } from "#/sources/documents/json-text.ts";
import type { WrittenFields } from "#/sources/documents/plan-fields.ts";
import { findPriceFields } from "#/sources/documents/price-fields.ts";
import { rewriteMember, withMember } from "#/sources/documents/rewrite-member.ts";
import { OPENROUTER_UNITS, readPrices } from "#/sources/openrouter-pricing.ts";
import { openrouterAdapter } from "#/sources/openrouter.ts";
import { isObject } from "#/sources/payload-shape.ts";

const FIELDS = new Map(OPENROUTER_UNITS.map(({ field, meter, unit }) => [`${meter}/${unit}`, field]));

/** OpenRouter's list of models. A payload with each model's endpoints is a list that begins with it. */
export const openrouterDocument: DocumentFormat = {
  adapter: openrouterAdapter,
  empty: '{"data":[]}',
  documentOf: (root) => itemsOf(root)[0] ?? root,
  locate(root) {
    const data = memberOf(root, "data")?.value;
    const entries = itemsOf(data).flatMap((node) => {
      const id = textOf(node, "id");
      return id === undefined ? [] : [{ listing: id, node }];
    });
    return { entries, lists: new Map(data === undefined ? [] : [["", data]]) };
  },
  rewrite(entry, offers, prices) {
    const pricing = memberOf(entry.node, "pricing")?.value;
    const value = isObject(entry.value["pricing"]) ? entry.value["pricing"] : {};
    const variant = offers[0]?.variant ?? "default";
    const found = findPriceFields(pricing ?? entry.node, "", (draft) => readPrices(draft, value));
    // The fields know nothing of the variant, which stands in the id.
    const { text, omitted } = rewriteMember(entry, "pricing", {
      path: "",
      found,
      prices: new Map([["default", prices.get(variant) ?? "keep"]]),
      isText: true,
      write: (sheets) => writePricing(sheets.get("default") ?? []),
    });
    return { text: withMember(entry, "pricing", text), omitted };
  },
  newEntries,
};

/** Decimal texts in USD per unit. Context tiers stand in `overrides`. */
function writePricing(charges: readonly Charge[]): WrittenFields {
  const known = charges.filter(isExpressible);
  const tiers = Map.groupBy(
    known.filter(({ tier }) => tier !== undefined),
    ({ tier }) => tier?.above ?? 0,
  );
  const overrides = [...tiers]
    .toSorted(([a], [b]) => a - b)
    .map(([above, lines]) => ({ min_prompt_tokens: above, ...pricesOf(lines) }));
  const base = Object.entries(pricesOf(known.filter(({ tier }) => tier === undefined)));
  const fields = new Map<string, unknown>(base);
  if (overrides.length > 0) fields.set("overrides", overrides);
  return { fields, left: new Map([["default", charges.length - known.length]]) };
}

function isExpressible({ meter, unit, tier, window }: Charge): boolean {
  return FIELDS.has(`${meter}/${unit}`) && window === undefined && tier?.of === undefined;
}

function pricesOf(charges: readonly Charge[]): Record<string, string> {
  return Object.fromEntries(charges.map(({ meter, unit, amount }) => [FIELDS.get(`${meter}/${unit}`) ?? "", amount]));
}

function newEntries({ listedAs, model, variants, facts }: NewModel): { entries: NewEntry[]; omitted: number } {
  // OpenRouter's own ids begin with the vendor.
  const id = listedAs === "openrouter" ? model : `${listedAs}/${model}`;
  let omitted = 0;
  const entries = [...variants].flatMap(([variant, { charges }]: [string, Ask]): NewEntry[] => {
    // The shape knows a variant by a word behind the id; what stands under conditions has no id there.
    if (variant !== tierOf(variant)) {
      omitted += charges.length;
      return [];
    }
    const { fields, left } = writePricing(charges);
    omitted += left.get("default") ?? 0;
    const listing = variant === "default" ? id : `${id}:${variant}`;
    const value = { id: listing, ...factFields(facts), pricing: Object.fromEntries(fields) };
    return [{ list: "", listing, name: undefined, value }];
  });
  return { entries, omitted };
}

function factFields({ contextTokens, outputTokens, inputModalities, outputModalities }: EntryFacts) {
  const modalities = {
    ...(inputModalities === undefined ? {} : { input_modalities: inputModalities }),
    ...(outputModalities === undefined ? {} : { output_modalities: outputModalities }),
  };
  return {
    ...(contextTokens === undefined ? {} : { context_length: contextTokens }),
    ...(Object.keys(modalities).length === 0 ? {} : { architecture: modalities }),
    ...(outputTokens === undefined ? {} : { top_provider: { max_completion_tokens: outputTokens } }),
  };
}
