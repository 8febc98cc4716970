/**
 * How something is sold: a service tier as a bare word (`batch`, `flex`, `priority`, or a seller's own such as `free`), and
 * conditions such as the region or the speed. `tier` is `default` when nothing else is said.
 */
export type Variant = Readonly<{ tier: string; conditions: ReadonlyMap<string, string> }>;

/** Reads a variant in any order of its parts; a key that is there twice keeps the last value. */
export function readVariant(text: string): Variant {
  const parts = text.split("+").filter((part) => part !== "");
  const words = parts.filter((part) => !part.includes("="));
  const conditions = parts
    .filter((part) => part.includes("="))
    .map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)] as const);
  return { tier: words.filter((word) => word !== "default").join("-") || "default", conditions: new Map(conditions) };
}

/** The one text of a variant: `default`, `batch`, `region=eu`, `batch+region=eu+speed=fast`. */
export function writeVariant({ tier, conditions }: Variant): string {
  const written = [...conditions].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`);
  const parts = tier === "default" && written.length > 0 ? written : [tier, ...written];
  return parts.join("+");
}

/** The text of a variant under one condition more. */
export function withCondition(variant: string, key: string, value: string): string {
  const { tier, conditions } = readVariant(variant);
  return writeVariant({ tier, conditions: new Map([...conditions, [key, value.replaceAll("+", "%2B")]]) });
}

/** The service tier of a variant, under whatever conditions. */
export function tierOf(variant: string): string {
  return variant.includes("+") || variant.includes("=") ? readVariant(variant).tier : variant;
}

/** Variants as older versions wrote them, and what they are now. */
export const OLDER_VARIANTS: ReadonlyMap<string, string> = new Map([
  ["fast", "speed=fast"],
  ["ultrafast", "speed=ultrafast"],
]);

/** A variant as somebody wrote it, in its one text. */
export function canonicalVariant(text: string): string {
  const trimmed = text.trim();
  return OLDER_VARIANTS.get(trimmed) ?? writeVariant(readVariant(trimmed));
}
