/**
 * One name for a seller that several catalogues spell differently. Only sellers that bill the same prices share a line:
 * plans, regional endpoints with prices of their own and resellers stay apart. Read from LiteLLM's map (2026-08-01),
 * models.dev (2026-07-30), genai-prices (2026-08-21) and Portkey's files.
 */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  ai21: ["ai21"],
  alibaba: ["alibaba", "dashscope", "qwen"],
  amazon_nova: ["amazon_nova", "nova"],
  azure: ["azure", "azure_ai", "azure-openai", "azure-ai", "azure-cognitive-services", "azure_text"],
  bedrock: ["bedrock", "bedrock_converse", "bedrock_mantle", "amazon-bedrock", "aws"],
  cloudflare: ["cloudflare", "cloudflare-workers-ai", "workers-ai"],
  cohere: ["cohere", "cohere_chat"],
  codestral: ["codestral", "text-completion-codestral"],
  databricks: ["databricks"],
  deepinfra: ["deepinfra", "deepinfra-openai"],
  fireworks: ["fireworks_ai", "fireworks_ai-embedding-models", "fireworks-ai", "fireworks"],
  friendli: ["friendliai", "friendli"],
  github_copilot: ["github_copilot", "github-copilot"],
  gmi: ["gmi", "gmicloud"],
  google: ["gemini", "google", "google-ai-studio", "google-gemini", "palm"],
  hyperbolic: ["hyperbolic"],
  inception: ["inception", "text-completion-inception"],
  lambda: ["lambda_ai", "lambda"],
  meta: ["meta_llama", "meta", "llama"],
  mistral: ["mistral", "mistral-ai", "mistralai"],
  moonshot: ["moonshot", "moonshotai"],
  nebius: ["nebius", "nebius-token-factory"],
  novita: ["novita", "novita-ai"],
  nvidia: ["nvidia_nim", "nvidia"],
  openai: ["openai", "text-completion-openai"],
  ovh: ["ovhcloud", "ovh"],
  perplexity: ["perplexity", "perplexity-ai"],
  snowflake: ["snowflake", "snowflake-cortex"],
  together: ["together_ai", "togetherai", "together-ai", "together"],
  vercel: ["vercel_ai_gateway", "vercel", "vercel-ai-gateway"],
  vertex: [
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
  voyage: ["voyage", "voyageai", "voyage-ai"],
  xai: ["xai", "x-ai"],
  zai: ["zai", "z-ai", "zhipuai-international"],
};

const IDENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries(SPELLINGS).flatMap(([identity, spellings]) => spellings.map((one) => [one, identity] as const)),
);

/** The identity of a seller's spelling; one that no table line names is itself, in lower case. For comparison only. */
export function sellerIdentity(spelling: string): string {
  const lower = spelling.toLowerCase();
  return IDENTITIES.get(lower) ?? lower;
}
