import type { Offer, PlacedOffer } from "#/price/offer.ts";

/** The formats that spell sellers in their own way. */
export type SpellingFormat = "litellm" | "models-dev" | "openrouter";

/** A seller that several catalogues spell differently. `spellings` stand in the order of precedence. */
type Seller = Readonly<{
  id: string;
  name: string;
  spellings: readonly string[];
  /** How a format spells it, where that is not its id. */
  exports?: Partial<Record<SpellingFormat, string>>;
}>;

/**
 * The sellers that are spelled in several ways. Only sellers that bill the same prices share a line: plans, regional endpoints
 * with prices of their own and resellers stay apart. Read from LiteLLM's map (2026-08-01), models.dev (2026-07-30),
 * genai-prices (2026-08-21), OpenRouter's endpoints and Portkey's files.
 */
export const SELLERS: readonly Seller[] = [
  { id: "ai21", name: "AI21", spellings: ["ai21"] },
  {
    id: "alibaba",
    name: "Alibaba Cloud",
    spellings: ["alibaba", "dashscope", "qwen"],
    exports: { litellm: "dashscope" },
  },
  { id: "amazon_nova", name: "Amazon Nova", spellings: ["amazon_nova", "nova"] },
  {
    id: "azure",
    name: "Azure",
    spellings: ["azure", "azure_ai", "azure-openai", "azure-ai", "azure-cognitive-services", "azure_text"],
  },
  {
    id: "bedrock",
    name: "Amazon Bedrock",
    spellings: ["bedrock", "bedrock_converse", "bedrock_mantle", "amazon-bedrock", "aws"],
    exports: { "models-dev": "amazon-bedrock", openrouter: "amazon-bedrock" },
  },
  {
    id: "cloudflare",
    name: "Cloudflare",
    spellings: ["cloudflare", "cloudflare-workers-ai", "workers-ai"],
    exports: { "models-dev": "cloudflare-workers-ai" },
  },
  { id: "cohere", name: "Cohere", spellings: ["cohere", "cohere_chat"] },
  { id: "codestral", name: "Codestral", spellings: ["codestral", "text-completion-codestral"] },
  { id: "databricks", name: "Databricks", spellings: ["databricks"] },
  { id: "deepinfra", name: "DeepInfra", spellings: ["deepinfra", "deepinfra-openai"] },
  {
    id: "fireworks",
    name: "Fireworks",
    spellings: ["fireworks_ai", "fireworks_ai-embedding-models", "fireworks-ai", "fireworks"],
    exports: { litellm: "fireworks_ai", "models-dev": "fireworks-ai", openrouter: "fireworks" },
  },
  {
    id: "friendli",
    name: "Friendli",
    spellings: ["friendliai", "friendli"],
    exports: { litellm: "friendliai", "models-dev": "friendli" },
  },
  {
    id: "github_copilot",
    name: "GitHub Copilot",
    spellings: ["github_copilot", "github-copilot"],
    exports: { "models-dev": "github-copilot" },
  },
  { id: "gmi", name: "GMI Cloud", spellings: ["gmi", "gmicloud"], exports: { litellm: "gmi" } },
  {
    id: "google",
    name: "Google Gemini",
    spellings: ["gemini", "google", "google-ai-studio", "google-gemini", "palm"],
    exports: { litellm: "gemini", openrouter: "google-ai-studio" },
  },
  { id: "hyperbolic", name: "Hyperbolic", spellings: ["hyperbolic"] },
  { id: "inception", name: "Inception", spellings: ["inception", "text-completion-inception"] },
  { id: "lambda", name: "Lambda", spellings: ["lambda_ai", "lambda"], exports: { litellm: "lambda_ai" } },
  {
    id: "meta",
    name: "Meta",
    spellings: ["meta_llama", "meta", "llama"],
    exports: { litellm: "meta_llama", "models-dev": "llama" },
  },
  { id: "mistral", name: "Mistral", spellings: ["mistral", "mistral-ai", "mistralai"] },
  {
    id: "moonshot",
    name: "Moonshot",
    spellings: ["moonshot", "moonshotai"],
    exports: { "models-dev": "moonshotai", openrouter: "moonshotai" },
  },
  { id: "nebius", name: "Nebius", spellings: ["nebius", "nebius-token-factory"] },
  { id: "novita", name: "Novita", spellings: ["novita", "novita-ai"], exports: { "models-dev": "novita-ai" } },
  { id: "nvidia", name: "NVIDIA", spellings: ["nvidia_nim", "nvidia"], exports: { litellm: "nvidia_nim" } },
  { id: "openai", name: "OpenAI", spellings: ["openai", "text-completion-openai"] },
  {
    id: "ovh",
    name: "OVHcloud",
    spellings: ["ovhcloud", "ovh"],
    exports: { litellm: "ovhcloud", "models-dev": "ovhcloud" },
  },
  {
    id: "perplexity",
    name: "Perplexity",
    spellings: ["perplexity", "perplexity-ai"],
    exports: { "models-dev": "perplexity" },
  },
  { id: "snowflake", name: "Snowflake", spellings: ["snowflake", "snowflake-cortex"] },
  {
    id: "together",
    name: "Together",
    spellings: ["together_ai", "togetherai", "together-ai", "together"],
    exports: { litellm: "together_ai", "models-dev": "togetherai", openrouter: "together" },
  },
  {
    id: "vercel",
    name: "Vercel AI Gateway",
    spellings: ["vercel_ai_gateway", "vercel", "vercel-ai-gateway"],
    exports: { litellm: "vercel_ai_gateway" },
  },
  {
    id: "vertex",
    name: "Google Vertex AI",
    spellings: [
      "vertex_ai",
      "vertex-ai",
      "vertex_ai-ai21_models",
      "vertex_ai-anthropic_models",
      "vertex_ai-deepseek_models",
      "vertex_ai-embedding-models",
      "vertex_ai-image-models",
      "vertex_ai-language-models",
      "vertex_ai-chat-models",
      "vertex_ai-code-chat-models",
      "vertex_ai-code-text-models",
      "vertex_ai-vision-models",
      "vertex_ai-llama_models",
      "vertex_ai-minimax_models",
      "vertex_ai-mistral_models",
      "vertex_ai-moonshot_models",
      "vertex_ai-openai_models",
      "vertex_ai-qwen_models",
      "vertex_ai-text-models",
      "vertex_ai-video-models",
      "vertex_ai-zai_models",
      "google-vertex",
      "google-vertex-anthropic",
    ],
    exports: { litellm: "vertex_ai", "models-dev": "google-vertex", openrouter: "google-vertex" },
  },
  { id: "voyage", name: "Voyage", spellings: ["voyage", "voyageai", "voyage-ai"] },
  { id: "xai", name: "xAI", spellings: ["xai", "x-ai"], exports: { openrouter: "xai" } },
  { id: "zai", name: "Z.ai", spellings: ["zai", "z-ai", "zhipuai-international"], exports: { openrouter: "z-ai" } },
];

/** A spelling that an admin has added to a seller. */
export type AddedSpelling = Readonly<{ spelling: string; seller: string }>;

/** Answers who a spelling means. Spellings are compared in lower case. */
export type SellerIndex = Readonly<{
  /** The identity of a spelling; one that nobody knows is its own seller, in lower case. */
  identityOf: (spelling: string) => string;
  /** The place of a spelling among its seller's, from 0 on: of two listings the earlier one counts. */
  precedenceOf: (spelling: string) => number;
}>;

/** The registry together with spellings that were added, which come after its own. */
export function indexSellers(added: readonly AddedSpelling[] = []): SellerIndex {
  const known = new Map<string, { id: string; place: number }>();
  const counts = new Map<string, number>();
  const add = (id: string, spelling: string) => {
    // A seller that only sources name has its own id first.
    const place = counts.get(id) ?? (spelling === id ? 0 : 1);
    if (known.has(spelling)) return;
    known.set(spelling, { id, place });
    counts.set(id, place + 1);
  };
  for (const { id, spellings } of SELLERS) for (const spelling of [...spellings, id]) add(id, spelling);
  for (const { seller, spelling } of added) add(seller, spelling.toLowerCase());
  return {
    identityOf: (spelling) => known.get(spelling.toLowerCase())?.id ?? spelling.toLowerCase(),
    precedenceOf: (spelling) => known.get(spelling.toLowerCase())?.place ?? 0,
  };
}

/** The offers of a payload with their sellers' identities, beside how the source spells them. */
export function placeOffers(offers: readonly Offer[], { identityOf }: SellerIndex): PlacedOffer[] {
  return offers.map((offer) => ({ ...offer, seller: identityOf(offer.seller), listedAs: offer.seller }));
}

const BY_ID = new Map(SELLERS.map((seller) => [seller.id, seller]));

/** The name that people know a seller by; its id where the registry has none. */
export function sellerName(id: string): string {
  return BY_ID.get(id)?.name ?? id;
}

/** How a format spells a seller. */
export function spellSeller(id: string, format: SpellingFormat): string {
  return BY_ID.get(id)?.exports?.[format] ?? id;
}
