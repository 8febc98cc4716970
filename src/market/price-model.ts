import type { Charge } from "#/price/charge.ts";
import { decimal, multiply, roundSignificant, shiftPoint, type Decimal } from "#/price/decimal.ts";
import type { ModelFacts } from "#/market/model-facts.ts";
import type { Random } from "#/market/random.ts";
import type { Meter } from "#/terms/meter.ts";

const DIGITS = 6;

/** Scales every amount, exactly, to 6 significant digits. */
export function scaleCharges(charges: readonly Charge[], factor: Decimal): Charge[] {
  return charges.map((charge) => ({ ...charge, amount: roundSignificant(multiply(charge.amount, factor), DIGITS) }));
}

const TIER_FACTORS: Partial<Record<Meter, Decimal>> = {
  input: decimal("2"),
  output: decimal("1.5"),
  cache_read: decimal("2"),
  cache_write: decimal("2"),
  cache_write_1h: decimal("2"),
};

function tierCharges(base: readonly Charge[], above: number): Charge[] {
  return base.flatMap((charge) => {
    const factor = TIER_FACTORS[charge.meter];
    return factor ? [{ ...charge, amount: multiply(charge.amount, factor), tier: { above } }] : [];
  });
}

/** What a maker asks for its model: USD per one unit. The ratios are the field's, the figures are invented. */
export function priceModel(model: ModelFacts, random: Random): Charge[] {
  const { traits } = model;
  const draw = decimal(random.pick(["0.8", "0.9", "1", "1", "1", "1.1", "1.2", "1.25"]));
  const input = shiftPoint(multiply(decimal(model.usualUsdPerMillion), draw), -6);
  const output = multiply(input, decimal(String(random.integer(3, 8))));
  const token = (meter: Meter, amount: Decimal): Charge => ({ meter, unit: "token", amount });
  const timesInput = (meter: Meter, factor: string): Charge => token(meter, multiply(input, decimal(factor)));

  const base: Charge[] = [token("input", input), token("output", output)];
  if (traits.has("cache")) base.push(timesInput("cache_read", "0.1"));
  if (traits.has("cache-write")) base.push(timesInput("cache_write", "1.25"), timesInput("cache_write_1h", "2"));
  if (traits.has("reasoning") && traits.has("audio")) base.push(token("reasoning", output));
  if (traits.has("audio")) base.push(timesInput("input_audio", "2"));
  if (traits.has("audio") && !traits.has("vision")) base.push(token("output_audio", multiply(output, decimal("2"))));
  if (traits.has("image-output")) base.push(token("output_image", multiply(output, decimal("10"))));
  if (traits.has("web-search")) base.push({ meter: "web_search", unit: "search", amount: decimal("0.01") });
  if (traits.has("above-200k")) base.push(...tierCharges(base, 200_000));
  if (traits.has("above-272k")) base.push(...tierCharges(base, 272_000));
  return base;
}

const SERVICE_METERS: ReadonlySet<Meter> = new Set(["input", "output", "cache_read"]);

/** The same model under another service (`batch`, `flex`, `priority`): token charges below any tier, scaled. */
export function serviceCharges(charges: readonly Charge[], factor: Decimal): Charge[] {
  return scaleCharges(
    charges.filter((charge) => SERVICE_METERS.has(charge.meter) && !charge.tier),
    factor,
  );
}
