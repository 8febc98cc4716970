import { FAMILIES, type Family, type Trait } from "#/market/family.ts";

const DAY_SECONDS = 86_400;
/** 2026-07-31T00:00:00Z, the day before the market opens. */
const NEWEST_SECONDS = 1_785_456_000;

/** Everything about a model that is not a price. */
export type ModelFacts = Readonly<{
  /** `maker/slug`, the market's own name for it and OpenRouter's id. */
  id: string;
  maker: string;
  slug: string;
  title: string;
  family: string;
  createdSeconds: number;
  contextTokens: number;
  maxOutputTokens: number;
  inputs: readonly string[];
  outputs: readonly string[];
  /** The ISO 8601 day on which its sellers switch it off. */
  sunsetOn?: string;
  traits: ReadonlySet<Trait>;
  /** The usual price in USD per 1M input tokens, before this market's draw. */
  usualUsdPerMillion: string;
}>;

type Name = Readonly<{ family: Family; version: string; size: string; usdPerMillion: string; age: number }>;

function listNames(family: Family): Name[] {
  return family.versions.flatMap((version, age) =>
    family.sizes.map(([size, usdPerMillion]) => ({ family, version, size, usdPerMillion, age })),
  );
}

/** One of each family in turn, so that any prefix of the list is a believable market. */
const NAMES: readonly Name[] = (() => {
  const columns = FAMILIES.map(listNames);
  const longest = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: longest }, (_, row) => columns.flatMap((column) => column[row] ?? [])).flat();
})();

function capitalize(word: string): string {
  return /^\d+b/.test(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
}

function fill(pattern: string, version: string, size: string): string {
  return pattern.replace("{v}", version).replace("{s}", size);
}

function titleOf({ family, version, size }: Name): string {
  const words = size.split("-").filter(Boolean).map(capitalize).join(" ");
  return fill(family.title, version, words).trim();
}

function inputsOf(traits: ReadonlySet<Trait>): string[] {
  const inputs = ["text"];
  if (traits.has("vision")) inputs.push("image");
  if (traits.has("audio")) inputs.push("audio");
  return inputs;
}

/** A later round through the names is a dated snapshot: `-0702`, `-0604`, … */
function snapshotOf(round: number): { suffix: string; ageDays: number } {
  if (round === 0) return { suffix: "", ageDays: 0 };
  const date = new Date((NEWEST_SECONDS - round * 29 * DAY_SECONDS) * 1000).toISOString();
  return { suffix: `-${date.slice(2, 10).replaceAll("-", "")}`, ageDays: round * 29 };
}

/** The one model that its sellers switch off, always soon: what is dated can't wait for a day of the real calendar. */
const SUNSET_SLUG = "mistral-large-3.2";
const SUNSET_IN_DAYS = 20;

function sunsetOf(slug: string): { sunsetOn?: string } {
  if (slug !== SUNSET_SLUG) return {};
  return { sunsetOn: new Date(Date.now() + SUNSET_IN_DAYS * DAY_SECONDS * 1000).toISOString().slice(0, 10) };
}

/** The model at a place in the endless list of names; the same place is the same model under every seed. Its sunset is counted from today. */
export function modelAt(index: number): ModelFacts {
  const name = NAMES[index % NAMES.length];
  if (!name) throw new RangeError(`no model at ${index}`);
  const { suffix, ageDays } = snapshotOf(Math.floor(index / NAMES.length));
  const { family } = name;
  const slug = fill(family.slug, name.version, name.size) + suffix;
  const traits = new Set(family.traits);
  return {
    id: `${family.maker}/${slug}`,
    maker: family.maker,
    slug,
    title: titleOf(name) + suffix.replace("-", " "),
    family: family.slug.replace(/[{}]/g, "").split("-")[0] ?? family.maker,
    createdSeconds: NEWEST_SECONDS - (name.age * 75 + (index % 41) + ageDays) * DAY_SECONDS,
    contextTokens: family.contextTokens,
    maxOutputTokens: Math.min(128_000, Math.floor(family.contextTokens / 4)),
    inputs: inputsOf(traits),
    outputs: traits.has("image-output") ? ["image", "text"] : ["text"],
    ...sunsetOf(slug),
    traits,
    usualUsdPerMillion: name.usdPerMillion,
  };
}
