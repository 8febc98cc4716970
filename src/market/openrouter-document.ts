import type { Charge } from "#/price/charge.ts";
import { listFeedOffers, type Catalog } from "#/market/catalog.ts";
import { jsonText, type FeedEntry, type JsonObject } from "#/market/feed-entry.ts";
import type { MarketOffer, Saying } from "#/market/market-offer.ts";
import type { ModelFacts } from "#/market/model-facts.ts";
import { OPENROUTER } from "#/market/seller.ts";
import { huggingFaceId } from "#/market/spell-id.ts";
import type { Meter } from "#/terms/meter.ts";

/** OpenRouter's names for the meters, in its own order. USD per token, or per search, as decimal strings. */
const FIELDS: Partial<Record<Meter, string>> = {
  input: "prompt",
  output: "completion",
  request: "request",
  input_image: "image",
  output_image: "image_output",
  input_audio: "audio",
  output_audio: "audio_output",
  cache_read_audio: "input_audio_cache",
  web_search: "web_search",
  reasoning: "internal_reasoning",
  cache_read: "input_cache_read",
  cache_write: "input_cache_write",
  cache_write_1h: "input_cache_write_1h",
};

function fieldsOf(charges: readonly Charge[], above?: number): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [meter, field] of Object.entries(FIELDS)) {
    const charge = charges.find((one) => one.meter === meter && one.tier?.above === above && !one.window);
    if (charge) fields[field] = charge.amount;
  }
  return fields;
}

function pricingOf({ state, charges }: Saying): JsonObject {
  if (state === "varies") return { prompt: "-1", completion: "-1" };
  const tiers = [...new Set(charges.flatMap((charge) => charge.tier?.above ?? []))].toSorted((a, b) => a - b);
  const overrides = tiers.map((above) => ({ min_prompt_tokens: above, ...fieldsOf(charges, above) }));
  return { ...fieldsOf(charges), ...(overrides.length > 0 && { overrides }) };
}

const SUPPORTED = [
  "frequency_penalty",
  "max_tokens",
  "presence_penalty",
  "response_format",
  "seed",
  "stop",
  "temperature",
];
const NO_DEFAULTS = { temperature: null, top_p: null, top_k: null, frequency_penalty: null };

type Listing = Readonly<{
  id: string;
  slug: string;
  name: string;
  description: string;
  tokenizer: string;
  model: Pick<
    ModelFacts,
    "createdSeconds" | "contextTokens" | "inputs" | "outputs" | "sunsetOn" | "traits" | "maxOutputTokens"
  >;
  pricing: JsonObject;
  huggingFace?: string;
  aliasOf?: ModelFacts;
}>;

function listing({ id, slug, name, description, tokenizer, model, pricing, huggingFace, aliasOf }: Listing): FeedEntry {
  const reasoning = model.traits.has("reasoning");
  const value: JsonObject = {
    id,
    canonical_slug: slug,
    ...(aliasOf && { alias_target: { name: makerTitle(aliasOf), slug: aliasOf.id } }),
    hugging_face_id: huggingFace ?? null,
    name,
    created: model.createdSeconds,
    description,
    context_length: model.contextTokens,
    architecture: {
      modality: `${model.inputs.join("+")}->${model.outputs.join("+")}`,
      input_modalities: model.inputs,
      output_modalities: model.outputs,
      tokenizer,
      instruct_type: null,
    },
    pricing,
    top_provider: {
      context_length: model.contextTokens,
      max_completion_tokens: model.maxOutputTokens,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: [
      ...SUPPORTED,
      ...(reasoning ? ["include_reasoning", "reasoning"] : []),
      "tool_choice",
      "tools",
    ],
    default_parameters: NO_DEFAULTS,
    supported_voices: null,
    knowledge_cutoff: null,
    expiration_date: model.sunsetOn ?? null,
    links: { details: `/api/v1/models/${slug}/endpoints` },
    ...(reasoning && { reasoning: { mandatory: false, default_enabled: true } }),
  };
  return { key: id, seller: OPENROUTER, value };
}

function makerTitle(model: ModelFacts): string {
  return `${model.maker.charAt(0).toUpperCase()}${model.maker.slice(1)}: ${model.title}`;
}

/** The id under which OpenRouter lists a variant: `maker/slug`, `maker/slug:free`, `maker/slug:batch`. */
export function openrouterId(offer: Pick<MarketOffer, "model" | "variant">): string {
  return offer.variant === "default" ? offer.model : `${offer.model}:${offer.variant}`;
}

function offerListing(model: ModelFacts, offer: MarketOffer): FeedEntry {
  const date = new Date(model.createdSeconds * 1000).toISOString().slice(0, 10).replaceAll("-", "");
  return listing({
    id: openrouterId(offer),
    slug: `${model.id}-${date}`,
    name: makerTitle(model) + (offer.variant === "default" ? "" : ` (${offer.variant})`),
    description: `${model.title} is a simulated model in the style of ${model.maker}.`,
    tokenizer: model.maker.charAt(0).toUpperCase() + model.maker.slice(1),
    model,
    pricing: pricingOf(offer),
    ...(model.traits.has("open") && { huggingFace: huggingFaceId(model) }),
  });
}

const ROUTERS = ["auto", "auto-beta", "fusion", "pareto-code", "bodybuilder"];

/** Routers have no price of their own: OpenRouter says `-1`. */
function routerListing(name: string): FeedEntry {
  return listing({
    id: `openrouter/${name}`,
    slug: `openrouter/${name}`,
    name: `Router: ${name}`,
    description: "Sends each request to a model that it picks; the price is that model's.",
    tokenizer: "Router",
    model: {
      createdSeconds: 1_699_401_600,
      contextTokens: 2_000_000,
      maxOutputTokens: 128_000,
      inputs: ["text", "image"],
      outputs: ["text"],
      traits: new Set(),
    },
    pricing: pricingOf({ state: "varies", charges: [] }),
  });
}

const ALIASES: readonly (readonly [alias: string, starts: string, ends: string])[] = [
  ["~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet", ""],
  ["~anthropic/claude-haiku-latest", "anthropic/claude-haiku", ""],
  ["~google/gemini-pro-latest", "google/gemini", "-pro"],
  ["~google/gemini-flash-latest", "google/gemini", "-flash"],
  ["~moonshotai/kimi-latest", "moonshotai/kimi", ""],
  ["~openai/gpt-mini-latest", "openai/gpt", "-mini"],
  ["~x-ai/grok-latest", "x-ai/grok", ""],
];

function aliasListings(catalog: Catalog, offers: readonly MarketOffer[]): FeedEntry[] {
  return ALIASES.flatMap(([alias, starts, ends]) => {
    const offer = offers.find(
      (one) => one.variant === "default" && one.model.startsWith(starts) && one.model.endsWith(ends),
    );
    const target = offer && catalog.models.get(offer.model);
    if (!offer || !target) return [];
    const name = makerTitle(target).replace(/ [\d.]+.*$/, " Latest");
    const description = "This model always redirects to the latest model in its family.";
    const shared = { model: target, pricing: pricingOf(offer), tokenizer: "Router", aliasOf: target };
    return [listing({ id: alias, slug: alias, name, description, ...shared })];
  });
}

/** One entry for each model and variant, then the aliases and the routers. */
export function openrouterEntries(catalog: Catalog): FeedEntry[] {
  const offers = listFeedOffers(catalog, "openrouter");
  const listed = offers.flatMap((offer) => {
    const model = catalog.models.get(offer.model);
    return model ? [offerListing(model, offer)] : [];
  });
  return [...listed, ...aliasListings(catalog, offers), ...ROUTERS.map(routerListing)];
}

/** `{"data":[…],"total_count":…,"links":{…}}` */
export function openrouterText(entries: readonly FeedEntry[]): string {
  const data = entries.map(({ value }) => jsonText(value)).join(",");
  return `{"data":[${data}],"total_count":${entries.length},"links":{"next":null}}`;
}
