import { stringify } from "csv-stringify/sync";
import type { PriceInForce } from "#/book/list-rates.ts";

/** One line per charge; amounts are USD per ONE unit. */
export function writePriceCsv(offers: readonly PriceInForce[]): string {
  const lines = offers.flatMap(({ seller, model, variant, state, charges, facts, from, observed_at: observedAt }) =>
    charges.map(({ meter, unit, amount, tier, window }) => ({
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
