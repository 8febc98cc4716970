import { METERS, UNITS, type Meter, type Unit } from "#/terms/meter.ts";

/** A meter in its usual unit (`input` are tokens), or in another one (`input/second`). */
export type UsageKey = Meter | `${Meter}/${Unit}`;

/**
 * What one request used. Every unit stands under exactly one meter: `{ input: 100, cache_read: 900 }` is a prompt of 1,000 tokens,
 * and `{ output: 50, reasoning: 400 }` an answer of 450. Whole numbers, or decimals as text (`"12.5"`). `results` is how many
 * results a search may return, for prices in tiers of them.
 */
export type Usage = Readonly<Partial<Record<UsageKey | "results", number | string>>>;

/** Units as text. As long as amounts may be, so that no text makes a quote slow. */
export const UNITS_TEXT = /^\d{1,24}(?:\.\d{1,24})?$/;

const IMAGES: readonly Meter[] = METERS.filter((meter) => meter.startsWith("output_image_"));
const VIDEOS: readonly Meter[] = METERS.filter((meter) => meter.startsWith("output_video_"));

/** The units of meters that are not counted in tokens, as the sources price them. */
const USUAL_UNITS: ReadonlyMap<Meter, Unit> = new Map<Meter, Unit>([
  ...IMAGES.map((meter): [Meter, Unit] => [meter, "image"]),
  ...VIDEOS.map((meter): [Meter, Unit] => [meter, "second"]),
  ["request", "request"],
  ["search", "search"],
  ["web_search", "search"],
  ["web_search_low", "search"],
  ["web_search_medium", "search"],
  ["web_search_high", "search"],
  ["maps_grounding", "search"],
  ["file_search", "call"],
  ["ocr", "page"],
  ["annotation", "page"],
  ["code_interpreter", "session"],
  ["file_search_storage", "gb_day"],
  ["vector_store", "gb_day"],
]);

export type Metered = Readonly<{ meter: Meter; unit: Unit }>;

// Written out once: a quote asks for its few keys every time.
const METERED: ReadonlyMap<string, Metered> = new Map(
  METERS.flatMap((meter): [string, Metered][] => [
    [meter, { meter, unit: usualUnit(meter) }],
    ...UNITS.map((unit): [string, Metered] => [`${meter}/${unit}`, { meter, unit }]),
  ]),
);

/** The unit that a meter's bare name counts. */
export function usualUnit(meter: Meter): Unit {
  return USUAL_UNITS.get(meter) ?? "token";
}

/** The meter and unit of a key; undefined when it is none. */
export function findMetered(key: string): Metered | undefined {
  return METERED.get(key);
}

/** The shortest key of a meter and a unit. */
export function usageKey(meter: Meter, unit: Unit): UsageKey {
  return unit === usualUnit(meter) ? meter : `${meter}/${unit}`;
}
