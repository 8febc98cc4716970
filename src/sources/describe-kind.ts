import { z } from "zod";
import { conditionWords, meterWords } from "#/price/charge-words.ts";
import { SOURCE_KINDS, type SourceKind, type UnitDeclaration } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";

export const kindView = z.object({
  kind: z.enum(SOURCE_KINDS),
  title: z.string(),
  /** Where it is read from unless an address is given. */
  defaultUrl: z.string(),
  needsKey: z.boolean(),
  /** The options of its sources by name, and what each does, in words. */
  options: z.record(z.string(), z.string()),
  /** When a 0 is a price, in words. */
  zeroRule: z.string(),
  /** What each price field of its payload is in, in words. */
  units: z.array(z.object({ field: z.string(), meter: z.string(), measure: z.string() })),
});
export type KindView = z.infer<typeof kindView>;

/** How the payloads of a kind are read, for people. */
export function describeKind(kind: SourceKind): KindView {
  const { title, defaultUrl, needsKey = false, options = {}, zeroRule, units } = adapterFor(kind);
  return { kind, title, defaultUrl, needsKey, options, zeroRule, units: units.map(describeUnit) };
}

const MONEY = { [-2]: "US cents", [-4]: "1/10,000 USD" } as const;
const AMOUNTS = { 1_000: "1,000", 1_000_000: "1M" } as const;

function describeUnit({ field, meter, unit, usdPer, usdExponent, tier, variant }: UnitDeclaration) {
  const money = usdExponent === undefined ? "USD" : MONEY[usdExponent];
  const parts = [
    `${money} per ${usdPer === 1 ? spokenUnit(unit) : `${AMOUNTS[usdPer]} ${pluralOf(spokenUnit(unit))}`}`,
    ...(tier === undefined ? [] : [conditionWords({ tier })]),
    ...(variant === undefined ? [] : [`variant ${variant}`]),
  ];
  return { field, meter: meterWords(meter), measure: parts.join(", ") };
}

function spokenUnit(unit: UnitDeclaration["unit"]): string {
  return unit === "gb_day" ? "GB and day" : unit.replaceAll("_", " ");
}

function pluralOf(unit: string): string {
  return unit.endsWith("ch") ? `${unit}es` : `${unit}s`;
}
