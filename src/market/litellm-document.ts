import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { listFeedOffers, type Catalog } from "#/market/catalog.ts";
import { jsonText, memberText, type FeedEntry, type Json, type JsonObject } from "#/market/feed-entry.ts";
import type { MarketOffer } from "#/market/market-offer.ts";
import type { ModelFacts } from "#/market/model-facts.ts";
import { pythonNumber } from "#/market/number-text.ts";
import { openrouterId } from "#/market/openrouter-document.ts";
import { getSeller, OPENROUTER } from "#/market/seller.ts";
import { spellId } from "#/market/spell-id.ts";
import type { Meter } from "#/terms/meter.ts";

/** LiteLLM's names for the meters that it counts in tokens: USD per token. */
const TOKEN_FIELDS: Partial<Record<Meter, string>> = {
  input: "input_cost_per_token",
  output: "output_cost_per_token",
  cache_read: "cache_read_input_token_cost",
  cache_write: "cache_creation_input_token_cost",
  cache_write_1h: "cache_creation_input_token_cost_above_1hr",
  reasoning: "output_cost_per_reasoning_token",
  input_audio: "input_cost_per_audio_token",
  output_audio: "output_cost_per_audio_token",
  input_image: "input_cost_per_image_token",
  output_image: "output_cost_per_image_token",
};

const VARIANT_SUFFIX: Readonly<Record<string, string>> = { batch: "_batches", flex: "_flex", priority: "_priority" };

function searchCosts(charge: Charge): JsonObject {
  const cost = pythonNumber(charge.amount);
  return {
    search_context_cost_per_query: {
      search_context_size_high: cost,
      search_context_size_low: cost,
      search_context_size_medium: cost,
    },
  };
}

function chargeField(charge: Charge, variantSuffix: string): JsonObject {
  if (charge.meter === "web_search") return searchCosts(charge);
  const field = TOKEN_FIELDS[charge.meter];
  if (field === undefined) return {};
  const tier = charge.tier ? `_above_${charge.tier.above / 1000}k_tokens` : "";
  return { [field + tier + variantSuffix]: pythonNumber(charge.amount) };
}

function chargeFields(offer: MarketOffer): JsonObject {
  const suffix = offer.seller === OPENROUTER ? "" : (VARIANT_SUFFIX[offer.variant] ?? "");
  return Object.fromEntries(offer.charges.flatMap((charge) => Object.entries(chargeField(charge, suffix))));
}

function factFields(model: ModelFacts, provider: string): JsonObject {
  const { traits } = model;
  return {
    litellm_provider: provider,
    max_input_tokens: model.contextTokens,
    max_output_tokens: model.maxOutputTokens,
    max_tokens: model.maxOutputTokens,
    mode: traits.has("image-output") ? "image_generation" : "chat",
    ...(model.sunsetOn !== undefined && { deprecation_date: model.sunsetOn }),
    supported_modalities: model.inputs,
    supported_output_modalities: model.outputs,
    supports_function_calling: true,
    supports_tool_choice: true,
    ...(traits.has("reasoning") && { supports_reasoning: true }),
    ...(traits.has("vision") && { supports_vision: true }),
    ...(traits.has("cache") && { supports_prompt_caching: true }),
    ...(traits.has("audio") && { supports_audio_input: true }),
    ...(traits.has("web-search") && { supports_web_search: true }),
  };
}

/** The key under which LiteLLM files an offer; first-party keys are bare. */
export function litellmKey(model: ModelFacts, offer: MarketOffer): string {
  if (offer.seller === OPENROUTER) return `openrouter/${openrouterId(offer)}`;
  const seller = getSeller(offer.seller);
  return (seller.litellm?.prefix ?? "") + spellId(seller.spelling, model);
}

function sortFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const usd = (text: string): Json => pythonNumber(decimal(text));

/** Entries that are not charged by the token; nothing in the scripted day touches them. */
const OTHER_MODES: readonly (readonly [key: string, provider: string, fields: JsonObject])[] = [
  [
    "1024-x-1024/market-image-2",
    "openai",
    { mode: "image_generation", input_cost_per_pixel: usd("0.000000019"), output_cost_per_pixel: usd("0") },
  ],
  ["market-image-2-hd", "openai", { mode: "image_generation", output_cost_per_image: usd("0.08") }],
  [
    "market-transcribe-1",
    "openai",
    { mode: "audio_transcription", input_cost_per_second: usd("0.0001"), output_cost_per_second: usd("0") },
  ],
  ["market-speech-1", "openai", { mode: "audio_speech", input_cost_per_character: usd("0.000015") }],
  [
    "market-embed-3-small",
    "openai",
    {
      mode: "embedding",
      input_cost_per_token: usd("0.00000002"),
      output_cost_per_token: usd("0"),
      output_vector_size: 1536,
    },
  ],
  [
    "market-rerank-4",
    "cohere",
    {
      mode: "rerank",
      input_cost_per_query: usd("0.002"),
      input_cost_per_token: usd("0"),
      output_cost_per_token: usd("0"),
    },
  ],
  [
    "mistral/market-ocr-3",
    "mistral",
    { mode: "ocr", ocr_cost_per_page: usd("0.001"), annotation_cost_per_page: usd("0.003") },
  ],
  ["market-moderation-2", "openai", { mode: "moderation", max_input_tokens: 32768 }],
];

const SAMPLE_SPEC: JsonObject = {
  code_interpreter_cost_per_session: usd("0"),
  input_cost_per_token: usd("0"),
  litellm_provider: "one of the known providers",
  max_input_tokens: "max input tokens, if the provider says",
  max_output_tokens: "max output tokens, if the provider says",
  max_tokens: "LEGACY parameter",
  mode: "one of: chat, embedding, completion, image_generation, audio_transcription, audio_speech, moderation, rerank, search",
  output_cost_per_token: usd("0"),
  search_context_cost_per_query: { search_context_size_high: usd("0"), search_context_size_low: usd("0") },
  supported_regions: ["global", "us-west-2"],
  supports_vision: true,
};

const FALLBACKS: JsonObject = {
  rules: [
    {
      name: "market-claude-ids",
      pattern: "^claude-[a-z]+-\\d+$",
      description: "A simulated fallback rule. It carries no pricing.",
      model_info: { litellm_provider: "anthropic", mode: "chat", max_input_tokens: 200000, supports_reasoning: true },
    },
  ],
};

/** One entry for each key; a maker's batch, flex and priority prices are fields of its model's entry. */
export function litellmEntries(catalog: Catalog): FeedEntry[] {
  const entries = new Map<string, { seller: string; fields: JsonObject }>();
  for (const offer of listFeedOffers(catalog, "litellm")) {
    const model = catalog.models.get(offer.model);
    if (!model) continue;
    const key = litellmKey(model, offer);
    const facts = factFields(model, getSeller(offer.seller).litellm?.provider ?? offer.seller);
    entries.set(key, {
      seller: offer.seller,
      fields: { ...facts, ...entries.get(key)?.fields, ...chargeFields(offer) },
    });
  }
  for (const [key, provider, fields] of OTHER_MODES)
    entries.set(key, { seller: provider, fields: { litellm_provider: provider, ...fields } });
  return [...entries].map(([key, { seller, fields }]) => ({ key, seller, value: sortFields(fields) }));
}

/** `{"sample_spec":…,"<key>":…,…,"fallback_generalizations":…}`, one entry a line. */
export function litellmText(entries: readonly FeedEntry[]): string {
  const members = [
    memberText("sample_spec", jsonText(SAMPLE_SPEC)),
    ...entries.map(({ key, value }) => memberText(key, jsonText(value))),
    memberText("fallback_generalizations", jsonText(FALLBACKS)),
  ];
  return `{\n${members.join(",\n")}\n}\n`;
}
