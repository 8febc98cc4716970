/** How a seller spells a model's id. */
export type Spelling = "bare" | "dashed" | "maker-path" | "hugging-face" | "fireworks" | "bedrock";

/**
 * `id` is the seller's own key in models.dev; `litellm` says how LiteLLM keys it, when it does.
 * `sells` is whose models, and `percent` how many of them.
 */
export type Seller = Readonly<{
  id: string;
  name: string;
  npm: string;
  doc: string;
  env: string;
  litellm?: Readonly<{ provider: string; prefix: string }>;
  /** Its id in genai-prices, when it is there. */
  genaiPrices?: string;
  spelling: Spelling;
  sells: Readonly<{ makers: readonly string[] }> | "open" | "all";
  percent: number;
  /** Lists 0 for everything, because a subscription pays for it. */
  plan?: boolean;
}>;

type Row = readonly [
  id: string,
  name: string,
  spelling: Spelling,
  sells: "open" | "all" | readonly string[],
  percent: number,
  litellm?: string,
  prefix?: string,
];

const COMPATIBLE = "@ai-sdk/openai-compatible";
const OWN_PACKAGE = new Set([
  "anthropic",
  "openai",
  "google",
  "mistral",
  "deepseek",
  "xai",
  "cohere",
  "groq",
  "togetherai",
]);

/** The seller that OpenRouter's own list is about; it sells everything. */
export const OPENROUTER = "openrouter";

const ROWS: readonly Row[] = [
  [OPENROUTER, "OpenRouter", "maker-path", "all", 100, "openrouter"],
  ["anthropic", "Anthropic", "dashed", ["anthropic"], 100, "anthropic", ""],
  ["openai", "OpenAI", "bare", ["openai"], 100, "openai", ""],
  ["google", "Google", "bare", ["google"], 100, "gemini"],
  ["mistral", "Mistral", "bare", ["mistralai"], 100, "mistral"],
  ["deepseek", "DeepSeek", "bare", ["deepseek"], 100, "deepseek"],
  ["xai", "xAI", "bare", ["x-ai"], 100, "xai"],
  ["cohere", "Cohere", "bare", ["cohere"], 100, "cohere"],
  ["moonshotai", "Moonshot AI", "bare", ["moonshotai"], 100, "moonshot"],
  ["zai", "Z.AI", "bare", ["z-ai"], 100, "zai"],
  ["minimax", "MiniMax", "bare", ["minimax"], 100, "minimax"],
  ["alibaba", "Alibaba", "bare", ["qwen"], 100, "dashscope"],
  ["perplexity", "Perplexity", "bare", ["perplexity"], 100, "perplexity"],
  ["inception", "Inception", "bare", ["inception"], 100],
  ["stepfun", "StepFun", "bare", ["stepfun"], 100],
  ["xiaomi", "Xiaomi", "bare", ["xiaomi"], 100],
  ["deepinfra", "Deep Infra", "hugging-face", "open", 60, "deepinfra"],
  ["togetherai", "Together AI", "hugging-face", "open", 40, "together_ai"],
  ["fireworks-ai", "Fireworks AI", "fireworks", "open", 35, "fireworks_ai"],
  ["groq", "Groq", "maker-path", "open", 10, "groq"],
  ["novita-ai", "NovitaAI", "maker-path", "open", 50, "novita"],
  ["siliconflow", "SiliconFlow", "hugging-face", "open", 30],
  ["baseten", "Baseten", "hugging-face", "open", 15, "baseten"],
  ["cerebras", "Cerebras", "bare", "open", 6, "cerebras"],
  ["hyperbolic", "Hyperbolic", "hugging-face", "open", 12, "hyperbolic"],
  ["nscale", "Nscale", "hugging-face", "open", 12, "nscale"],
  ["nebius", "Nebius Token Factory", "hugging-face", "open", 30, "nebius"],
  ["chutes", "Chutes", "hugging-face", "open", 30],
  ["huggingface", "Hugging Face", "hugging-face", "open", 35],
  ["scaleway", "Scaleway", "bare", "open", 10, "scaleway"],
  ["ovhcloud", "OVHcloud AI Endpoints", "bare", "open", 10, "ovhcloud"],
  ["friendli", "Friendli", "hugging-face", "open", 8],
  [
    "amazon-bedrock",
    "Amazon Bedrock",
    "bedrock",
    ["amazon", "anthropic", "meta-llama", "mistralai", "ai21"],
    80,
    "bedrock_converse",
    "",
  ],
  ["google-vertex", "Vertex", "bare", ["google", "anthropic", "meta-llama"], 70, "vertex_ai"],
  ["azure", "Azure", "bare", ["openai", "microsoft", "meta-llama", "deepseek"], 70, "azure"],
  ["databricks", "Databricks", "dashed", ["anthropic", "meta-llama", "openai"], 40, "databricks"],
  ["vercel", "Vercel AI Gateway", "maker-path", "all", 55, "vercel_ai_gateway"],
  ["requesty", "Requesty", "maker-path", "all", 20],
  ["kilo", "Kilo Gateway", "maker-path", "all", 60],
  ["nano-gpt", "NanoGPT", "maker-path", "all", 70],
  ["helicone", "Helicone", "bare", "all", 25],
  ["poe", "Poe", "maker-path", "all", 30],
  ["zenmux", "ZenMux", "maker-path", "all", 25],
  ["merge-gateway", "Merge Gateway", "maker-path", "all", 25],
  ["zai-coding-plan", "Z.AI Coding Plan", "bare", ["z-ai"], 60],
  ["minimax-coding-plan", "MiniMax Coding Plan", "bare", ["minimax"], 60],
];

const GENAI_PRICES_IDS: Readonly<Record<string, string>> = {
  [OPENROUTER]: "openrouter",
  anthropic: "anthropic",
  openai: "openai",
  google: "google",
  mistral: "mistral",
  deepseek: "deepseek",
  xai: "x-ai",
  cohere: "cohere",
  moonshotai: "moonshotai",
  zai: "zai",
  minimax: "minimax",
  perplexity: "perplexity",
  togetherai: "together",
  "fireworks-ai": "fireworks",
  groq: "groq",
  "novita-ai": "novita",
  cerebras: "cerebras",
  ovhcloud: "ovhcloud",
  "amazon-bedrock": "aws",
  azure: "azure",
};

function readRow([id, name, spelling, sells, percent, provider, prefix]: Row): Seller {
  return {
    id,
    name,
    spelling,
    percent,
    npm: OWN_PACKAGE.has(id) ? `@ai-sdk/${id}` : COMPATIBLE,
    doc: `https://docs.${id}.example/models`,
    env: `${id.toUpperCase().replaceAll("-", "_")}_API_KEY`,
    sells: typeof sells === "string" ? sells : { makers: sells },
    ...(provider !== undefined && { litellm: { provider, prefix: prefix ?? `${provider}/` } }),
    ...(GENAI_PRICES_IDS[id] !== undefined && { genaiPrices: GENAI_PRICES_IDS[id] }),
    ...(id.endsWith("-plan") && { plan: true }),
  };
}

export const SELLERS: readonly Seller[] = ROWS.map(readRow);

const byId: ReadonlyMap<string, Seller> = new Map(SELLERS.map((seller) => [seller.id, seller]));

/** Throws on a seller that the table does not hold. */
export function getSeller(id: string): Seller {
  const seller = byId.get(id);
  if (!seller) throw new RangeError(`no such seller: ${id}`);
  return seller;
}
