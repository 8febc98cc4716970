import { z } from "zod";

/**
 * How something is sold: a service tier as a bare word (`batch`, `flex`, `priority`, or a seller's own such as `free`), and
 * conditions such as the region or the speed. `tier` is `default` when nothing else is said.
 */
export type Variant = Readonly<{ tier: string; conditions: ReadonlyMap<string, string> }>;

/** Variants as older versions wrote them, and what they are now. */
export const OLDER_VARIANTS: ReadonlyMap<string, string> = new Map([
  ["fast", "speed=fast"],
  ["ultrafast", "speed=ultrafast"],
]);

const KEY = /^[a-z][a-z0-9_-]*$/;

/**
 * Reads a variant's text in any order and case, with older words. `undefined` for a bad one: an empty part, two tiers, or a key
 * that is there twice. The empty text is `default`.
 */
export function readVariant(text: string): Variant | undefined {
  const trimmed = text.trim().toLowerCase();
  const parts = trimmed === "" ? [] : trimmed.split("+").map((part) => OLDER_VARIANTS.get(part.trim()) ?? part);
  let tier = "default";
  const conditions = new Map<string, string>();
  for (const part of parts) {
    const [word = "", ...rest] = part.split("=").map((one) => decode(one.trim()));
    const value = rest.join("=");
    if (rest.length > 0) {
      if (!KEY.test(word) || value === "" || conditions.has(word)) return undefined;
      conditions.set(word, value);
    } else {
      if (word === "" || (tier !== "default" && word !== "default")) return undefined;
      if (word !== "default") tier = word;
    }
  }
  return { tier, conditions };
}

/** The one text of a variant, in lower case: `default`, `batch`, `region=eu`, `batch+region=eu+speed=fast`. */
export function writeVariant({ tier, conditions }: Variant): string {
  const written = [...conditions]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`);
  return (tier === "default" && written.length > 0 ? written : [encode(tier), ...written]).join("+");
}

/** A tier as a source names it, as a variant's text. */
export function writeTier(word: string): string {
  return writeVariant({ tier: word, conditions: new Map() });
}

/** The text of a variant under one condition more; a condition of the same key gives way. */
export function withCondition(variant: string, key: string, value: string): string {
  const { tier, conditions } = parse(variant);
  return writeVariant({ tier, conditions: new Map([...conditions, [key, value]]) });
}

/** The text of a variant without one of its conditions. */
export function withoutCondition(variant: string, key: string): string {
  if (!variant.includes("=")) return variant;
  const { tier, conditions } = parse(variant);
  return writeVariant({ tier, conditions: new Map([...conditions].filter(([name]) => name !== key)) });
}

/** The text of a variant at the default tier, under the same conditions. */
export function withoutTier(variant: string): string {
  return writeVariant({ tier: "default", conditions: parse(variant).conditions });
}

/** The service tier of a variant, under whatever conditions. */
export function tierOf(variant: string): string {
  return isPlain(variant) ? variant : parse(variant).tier;
}

/** What a variant says of a key, `undefined` when it says nothing. */
export function conditionOf(variant: string, key: string): string | undefined {
  return isPlain(variant) ? undefined : parse(variant).conditions.get(key);
}

/** A variant as somebody wrote it, in its one text. A bad one stays as it is, and names nothing. */
export function canonicalVariant(text: string): string {
  const variant = readVariant(text);
  return variant === undefined ? text.trim() : writeVariant(variant);
}

/** A variant as a person gives it, `default` when absent, in its one text. */
export const variantInput = z
  .string()
  .max(512)
  .default("default")
  .refine((text) => readVariant(text) !== undefined, "a variant such as default, batch or region=eu+speed=fast")
  .transform(canonicalVariant);

/** Reads a text of the book, which may be from before the rules: a bad one is a tier of its own. */
function parse(text: string): Variant {
  return readVariant(text) ?? { tier: text, conditions: new Map() };
}

function isPlain(variant: string): boolean {
  return !variant.includes("+") && !variant.includes("=");
}

const ENCODED: Readonly<Record<string, string>> = { "%": "%25", "+": "%2b", "=": "%3d" };

// What joins the parts, and is in a part itself, is written by its code.
function encode(part: string): string {
  return part
    .trim()
    .toLowerCase()
    .replaceAll(/[%+=]/g, (character) => ENCODED[character] ?? character);
}

function decode(part: string): string {
  return part.replaceAll(/%(?:25|2b|3d)/g, (code) => String.fromCodePoint(Number.parseInt(code.slice(1), 16)));
}
