import { isLosslessNumber } from "lossless-json";
import type { Tier } from "#/price/charge.ts";
import { parseDecimal } from "#/price/decimal.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { isAbsent, isObject } from "#/sources/payload-shape.ts";
import type { Meter } from "#/terms/meter.ts";

/**
 * Every amount field of LiteLLM's map without its suffixes: USD per `usdPer` units. Read from the maps of 2025-07-05 to
 * 2026-08-01, their `sample_spec`, and the fields that LiteLLM's own check of its map has allowed since February 2025.
 */
export const LITELLM_UNITS: readonly UnitDeclaration[] = [
  { field: "input_cost_per_token", meter: "input", unit: "token", usdPer: 1 },
  { field: "output_cost_per_token", meter: "output", unit: "token", usdPer: 1 },
  { field: "output_cost_per_reasoning_token", meter: "reasoning", unit: "token", usdPer: 1 },
  { field: "cache_read_input_token_cost", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "input_cost_per_token_cache_hit", meter: "cache_read", unit: "token", usdPer: 1 },
  { field: "cache_creation_input_token_cost", meter: "cache_write", unit: "token", usdPer: 1 },
  { field: "cache_creation_input_token_cost_above_1hr", meter: "cache_write_1h", unit: "token", usdPer: 1 },
  { field: "input_cost_per_audio_token", meter: "input_audio", unit: "token", usdPer: 1 },
  { field: "output_cost_per_audio_token", meter: "output_audio", unit: "token", usdPer: 1 },
  { field: "cache_read_input_audio_token_cost", meter: "cache_read_audio", unit: "token", usdPer: 1 },
  { field: "cache_read_input_token_cost_per_audio_token", meter: "cache_read_audio", unit: "token", usdPer: 1 },
  { field: "cache_read_input_image_token_cost", meter: "cache_read_image", unit: "token", usdPer: 1 },
  { field: "cache_creation_input_audio_token_cost", meter: "cache_write_audio", unit: "token", usdPer: 1 },
  { field: "input_cost_per_image", meter: "input_image", unit: "image", usdPer: 1 },
  { field: "input_cost_per_image_token", meter: "input_image", unit: "token", usdPer: 1 },
  { field: "output_cost_per_image", meter: "output_image", unit: "image", usdPer: 1 },
  ...perImage({
    premium_image: "output_image_premium",
    above_512_and_512_pixels: "output_image_above_512",
    above_512_and_512_pixels_and_premium_image: "output_image_above_512_premium",
    above_1024_and_1024_pixels: "output_image_above_1024",
    above_1024_and_1024_pixels_and_premium_image: "output_image_above_1024_premium",
    "512": "output_image_512",
    "1024": "output_image_1024",
    "1536": "output_image_1536",
    "0.5K": "output_image_0_5k",
    "1K": "output_image_1k",
    "2K": "output_image_2k",
    "4K": "output_image_4k",
  }),
  { field: "output_cost_per_image_token", meter: "output_image", unit: "token", usdPer: 1 },
  { field: "input_cost_per_pixel", meter: "input", unit: "pixel", usdPer: 1 },
  { field: "output_cost_per_pixel", meter: "output", unit: "pixel", usdPer: 1 },
  { field: "input_cost_per_character", meter: "input", unit: "character", usdPer: 1 },
  { field: "output_cost_per_character", meter: "output", unit: "character", usdPer: 1 },
  { field: "input_cost_per_second", meter: "input", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second", meter: "output", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second_480p", meter: "output_video_480p", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second_720p", meter: "output_video_720p", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second_768p", meter: "output_video_768p", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second_1080p", meter: "output_video_1080p", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second_2k", meter: "output_video_2k", unit: "second", usdPer: 1 },
  { field: "output_cost_per_second_4k", meter: "output_video_4k", unit: "second", usdPer: 1 },
  { field: "input_cost_per_audio_per_second", meter: "input_audio", unit: "second", usdPer: 1 },
  { field: "output_cost_per_audio_per_second", meter: "output_audio", unit: "second", usdPer: 1 },
  { field: "input_cost_per_video_per_second", meter: "input_video", unit: "second", usdPer: 1 },
  { field: "output_cost_per_video_per_second", meter: "output_video", unit: "second", usdPer: 1 },
  { field: "input_cost_per_video_token", meter: "input_video", unit: "token", usdPer: 1 },
  { field: "output_cost_per_video_token", meter: "output_video", unit: "token", usdPer: 1 },
  { field: "input_cost_per_query", meter: "search", unit: "search", usdPer: 1 },
  { field: "input_cost_per_request", meter: "request", unit: "request", usdPer: 1 },
  { field: "google_maps_grounding_cost_per_query", meter: "maps_grounding", unit: "search", usdPer: 1 },
  { field: "citation_cost_per_token", meter: "citation", unit: "token", usdPer: 1 },
  { field: "ocr_cost_per_page", meter: "ocr", unit: "page", usdPer: 1 },
  { field: "ocr_cost_per_credit", meter: "ocr", unit: "credit", usdPer: 1 },
  { field: "annotation_cost_per_page", meter: "annotation", unit: "page", usdPer: 1 },
  { field: "code_interpreter_cost_per_session", meter: "code_interpreter", unit: "session", usdPer: 1 },
  { field: "computer_use_input_cost_per_1k_tokens", meter: "computer_use_input", unit: "token", usdPer: 1000 },
  { field: "computer_use_output_cost_per_1k_tokens", meter: "computer_use_output", unit: "token", usdPer: 1000 },
  { field: "file_search_cost_per_1k_calls", meter: "file_search", unit: "call", usdPer: 1000 },
  { field: "file_search_cost_per_gb_per_day", meter: "file_search_storage", unit: "gb_day", usdPer: 1 },
  { field: "vector_store_cost_per_gb_per_day", meter: "vector_store", unit: "gb_day", usdPer: 1 },
];

/** USD per image, by the size or the quality that ends the field's name. */
function perImage(meters: Readonly<Record<string, Meter>>): UnitDeclaration[] {
  return Object.entries(meters).map(([size, meter]) => ({
    field: `output_cost_per_image_${size}`,
    meter,
    unit: "image",
    usdPer: 1,
  }));
}

const BY_FIELD = new Map(LITELLM_UNITS.map((declaration) => [declaration.field, declaration]));

/** An older name and the one that wins when an entry carries both. */
export const OLDER_NAMES: ReadonlyMap<string, string> = new Map([
  ["input_cost_per_token_cache_hit", "cache_read_input_token_cost"],
  ["cache_read_input_token_cost_per_audio_token", "cache_read_input_audio_token_cost"],
  ["input_cost_per_token_batch_requests", "input_cost_per_token_batches"],
]);

/** Fields that look like a price and are none we can state in USD. */
const NOT_USD: ReadonlyMap<string, string> = new Map([
  ["input_dbu_cost_per_token", "Databricks units (DBU), whose USD value depends on the customer's contract"],
  ["output_dbu_cost_per_token", "Databricks units (DBU), whose USD value depends on the customer's contract"],
  ["output_db_cost_per_token", "a misspelling of output_dbu_cost_per_token in the map of 2025-07-05"],
]);

const VARIANT_SUFFIX = /^(.+)_(flex|priority|ultrafast|batches|batch_requests)$/;
const VARIANTS: ReadonlyMap<string, string> = new Map([
  ["flex", "flex"],
  ["priority", "priority"],
  ["ultrafast", "speed=ultrafast"],
  ["batches", "batch"],
  ["batch_requests", "batch"],
]);
const TIER_SUFFIX = /^(.+)_above_(\d{1,6})(k_tokens|s_interval)$/;

export type LitellmField =
  | Readonly<{ is: "price"; declaration: UnitDeclaration; variant: string; tier?: Tier }>
  | Readonly<{ is: "not_usd"; because: string }>
  /** Looks like a price, and nobody declared its unit. */
  | Readonly<{ is: "undeclared" }>
  | Readonly<{ is: "other" }>;

/** What a key of an entry means: `<declared field>[_above_<N>k_tokens | _above_<N>s_interval][_flex | _priority | _ultrafast | _batches]`. */
export function readFieldName(name: string): LitellmField {
  const because = NOT_USD.get(name);
  if (because !== undefined) return { is: "not_usd", because };
  const [, beforeVariant = name, suffix = ""] = VARIANT_SUFFIX.exec(name) ?? [];
  const variant = VARIANTS.get(suffix) ?? "default";
  // `…_above_1hr` is a declared field, so it is looked up before a tier is read off the name.
  const whole = BY_FIELD.get(beforeVariant);
  if (whole) return { is: "price", declaration: whole, variant };
  const [, base = "", digits = "", counted] = TIER_SUFFIX.exec(beforeVariant) ?? [];
  const declaration = BY_FIELD.get(base);
  if (declaration) {
    const tier: Tier =
      counted === "k_tokens" ? { above: Number(digits) * 1000 } : { above: Number(digits), of: "seconds" };
    return { is: "price", declaration, variant, tier };
  }
  return { is: looksLikePrice(name) ? "undeclared" : "other" };
}

function looksLikePrice(name: string): boolean {
  return name.includes("cost") || name.endsWith("_pricing") || name.endsWith("_price");
}

/** What a model is and can do. No bill depends on these, whatever they hold. */
const NO_PRICE =
  /^(?:supports?_|supported_|max_|(?:rpm|rpd|tpm|mode|source|comment|metadata|deprecation_date|litellm_provider)$|(?:output_vector_size|prompt_cache_min_tokens|tool_use_system_prompt_tokens)$)/;
const BILLING_WORDS = /multiplier|uplift|surcharge|discount|billing|_geo|_fee/;

/**
 * Whether a bill may depend on a field that has no price in its name, such as `regional_processing_uplift_multiplier_eu`
 * or `provider_specific_entry`: its name speaks of billing, or nobody knows it and it holds a number.
 */
export function mayMovePrice(name: string, value: unknown): boolean {
  return !NO_PRICE.test(name) && !isAbsent(value) && (BILLING_WORDS.test(name) || holdsNumber(value));
}

function holdsNumber(value: unknown): boolean {
  if (isLosslessNumber(value)) return true;
  if (typeof value === "string") return parseDecimal(value) !== undefined;
  if (Array.isArray(value)) return value.some(holdsNumber);
  return isObject(value) && Object.values(value).some(holdsNumber);
}
