import { stringify } from "csv-stringify/sync";
import type { FilteredRate } from "#/book/list-rates.ts";

const NO_CHARGE = { meter: undefined, unit: undefined, amount: undefined, tier: undefined, window: undefined };

/** One line per charge, and one without an amount for a rate that has no price; amounts are USD per ONE unit. */
export function writePriceCsv(offers: readonly FilteredRate[]): string {
  const lines = offers.flatMap(({ seller, model, variant, state, charges, facts, from, observed_at: observedAt }) =>
    (charges.length > 0 ? charges : [NO_CHARGE]).map(({ meter, unit, amount, tier, window }) => ({
      seller,
      model,
      variant,
      state,
      meter,
      unit,
      usd_per_unit: amount,
      tier_above: tier?.above,
      tier_of: tier === undefined ? undefined : (tier.of ?? "prompt_tokens"),
      window_from_utc: window?.from,
      window_to_utc: window?.to,
      context_tokens: facts.context_tokens,
      output_tokens: facts.output_tokens,
      mode: facts.mode,
      sunset_on: facts.sunset_on,
      source: from.join(" "),
      observed_at: observedAt,
    })),
  );
  const columns = [
    ..."seller model variant state meter unit usd_per_unit tier_above tier_of".split(" "),
    ..."window_from_utc window_to_utc source observed_at context_tokens output_tokens mode sunset_on".split(" "),
  ];
  // A spreadsheet must not take an id for a formula.
  return stringify(lines, { header: true, columns, escape_formulas: true });
}
