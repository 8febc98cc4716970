export type Trait =
  | "open"
  | "reasoning"
  | "vision"
  | "audio"
  | "image-output"
  | "cache"
  | "cache-write"
  | "web-search"
  | "above-200k"
  | "above-272k"
  | "service-tiers"
  | "batch"
  | "free-at-maker";

/** `sizes` pairs the text in the name with the usual price in USD per 1M input tokens. */
export type Family = Readonly<{
  maker: string;
  slug: string;
  title: string;
  versions: readonly string[];
  sizes: readonly (readonly [size: string, usdPerMillion: string])[];
  contextTokens: number;
  traits: readonly Trait[];
}>;

const CLOSED: readonly Trait[] = ["reasoning", "vision", "cache", "web-search"];
const OPEN: readonly Trait[] = ["open", "cache"];
const OPEN_REASONING: readonly Trait[] = ["open", "reasoning", "cache"];

/**
 * Names in the field's style; none of the figures is anybody's price.
 * `{v}` is the version and `{s}` the size.
 */
export const FAMILIES: readonly Family[] = [
  {
    maker: "anthropic",
    slug: "claude-{s}-{v}",
    title: "Claude {s} {v}",
    versions: ["5", "4.8", "4.6", "4.5", "4"],
    sizes: [
      ["sonnet", "3"],
      ["opus", "5"],
      ["haiku", "1"],
    ],
    contextTokens: 1_000_000,
    traits: [...CLOSED, "cache-write", "above-200k", "batch"],
  },
  {
    maker: "openai",
    slug: "gpt-{v}{s}",
    title: "GPT-{v} {s}",
    versions: ["5.6", "5.5", "5.4", "5.2", "5.1", "5"],
    sizes: [
      ["", "2.5"],
      ["-mini", "0.4"],
      ["-nano", "0.1"],
      ["-pro", "15"],
      ["-codex", "1.75"],
    ],
    contextTokens: 1_050_000,
    traits: [...CLOSED, "above-272k", "service-tiers", "batch"],
  },
  {
    maker: "google",
    slug: "gemini-{v}-{s}",
    title: "Gemini {v} {s}",
    versions: ["3.6", "3.5", "3.1", "3", "2.5"],
    sizes: [
      ["pro", "2"],
      ["flash", "0.5"],
      ["flash-lite", "0.1"],
    ],
    contextTokens: 1_048_576,
    traits: [...CLOSED, "audio", "above-200k", "batch"],
  },
  {
    maker: "meta-llama",
    slug: "llama-{v}-{s}-instruct",
    title: "Llama {v} {s} Instruct",
    versions: ["4.1", "4", "3.3", "3.2", "3.1"],
    sizes: [
      ["70b", "0.3"],
      ["8b", "0.05"],
      ["405b", "1.2"],
    ],
    contextTokens: 131_072,
    traits: ["open"],
  },
  {
    maker: "qwen",
    slug: "qwen{v}-{s}",
    title: "Qwen{v} {s}",
    versions: ["3.7", "3.6", "3.5", "3"],
    sizes: [
      ["235b-a22b", "0.2"],
      ["32b", "0.1"],
      ["14b", "0.06"],
      ["8b", "0.04"],
      ["30b-a3b", "0.08"],
    ],
    contextTokens: 262_144,
    traits: OPEN_REASONING,
  },
  {
    maker: "mistralai",
    slug: "mistral-{s}-{v}",
    title: "Mistral {s} {v}",
    versions: ["4", "3.2", "3.1", "3"],
    sizes: [
      ["large", "2"],
      ["medium", "0.4"],
      ["small", "0.1"],
    ],
    contextTokens: 131_072,
    traits: ["vision"],
  },
  {
    maker: "deepseek",
    slug: "deepseek-v{v}{s}",
    title: "DeepSeek V{v} {s}",
    versions: ["4.1", "4", "3.2", "3.1"],
    sizes: [
      ["", "0.28"],
      ["-pro", "0.55"],
      ["-flash", "0.14"],
    ],
    contextTokens: 163_840,
    traits: OPEN_REASONING,
  },
  {
    maker: "x-ai",
    slug: "grok-{v}{s}",
    title: "Grok {v} {s}",
    versions: ["5", "4.5", "4.3", "4"],
    sizes: [
      ["", "3"],
      ["-fast", "0.2"],
      ["-code", "0.5"],
    ],
    contextTokens: 2_000_000,
    traits: [...CLOSED, "above-200k"],
  },
  {
    maker: "moonshotai",
    slug: "kimi-k{v}{s}",
    title: "Kimi K{v} {s}",
    versions: ["3", "2.7", "2.6", "2.5"],
    sizes: [
      ["", "0.6"],
      ["-thinking", "0.6"],
      ["-turbo", "1.15"],
    ],
    contextTokens: 262_144,
    traits: OPEN_REASONING,
  },
  {
    maker: "z-ai",
    slug: "glm-{v}{s}",
    title: "GLM {v} {s}",
    versions: ["5.2", "5.1", "5", "4.7", "4.6"],
    sizes: [
      ["", "0.6"],
      ["-air", "0.2"],
      ["-flash", "0.07"],
    ],
    contextTokens: 204_800,
    traits: OPEN_REASONING,
  },
  {
    maker: "minimax",
    slug: "minimax-m{v}{s}",
    title: "MiniMax M{v} {s}",
    versions: ["3", "2.7", "2.5", "2.1"],
    sizes: [
      ["", "0.3"],
      ["-highspeed", "0.6"],
    ],
    contextTokens: 204_800,
    traits: OPEN_REASONING,
  },
  {
    maker: "openai",
    slug: "gpt-oss-{v}-{s}",
    title: "gpt-oss-{v} {s}",
    versions: ["2"],
    sizes: [
      ["120b", "0.1"],
      ["20b", "0.04"],
    ],
    contextTokens: 131_072,
    traits: OPEN_REASONING,
  },
  {
    maker: "google",
    slug: "gemma-{v}-{s}-it",
    title: "Gemma {v} {s} it",
    versions: ["5", "4", "3"],
    sizes: [
      ["31b", "0.12"],
      ["12b", "0.05"],
      ["4b", "0.02"],
    ],
    contextTokens: 131_072,
    traits: ["open", "vision", "free-at-maker"],
  },
  {
    maker: "cohere",
    slug: "command-{s}-{v}",
    title: "Command {s} {v}",
    versions: ["4", "3.5", "3"],
    sizes: [
      ["a", "2.5"],
      ["r", "0.5"],
      ["r7b", "0.04"],
    ],
    contextTokens: 256_000,
    traits: [],
  },
  {
    maker: "nvidia",
    slug: "nemotron-{v}-{s}",
    title: "Nemotron {v} {s}",
    versions: ["3.5", "3"],
    sizes: [
      ["ultra-550b-a55b", "0.6"],
      ["super-120b-a12b", "0.2"],
      ["nano-30b-a3b", "0.06"],
      ["nano-9b", "0.04"],
    ],
    contextTokens: 262_144,
    traits: ["open", "reasoning"],
  },
  {
    maker: "amazon",
    slug: "nova-{v}-{s}",
    title: "Nova {v} {s}",
    versions: ["2", "1.5", "1"],
    sizes: [
      ["premier", "2.5"],
      ["pro", "0.8"],
      ["lite", "0.06"],
      ["micro", "0.04"],
    ],
    contextTokens: 300_000,
    traits: ["vision", "cache"],
  },
  {
    maker: "microsoft",
    slug: "phi-{v}{s}",
    title: "Phi {v} {s}",
    versions: ["5", "4"],
    sizes: [
      ["", "0.07"],
      ["-mini", "0.03"],
      ["-reasoning", "0.1"],
      ["-multimodal", "0.05"],
    ],
    contextTokens: 131_072,
    traits: OPEN,
  },
  {
    maker: "qwen",
    slug: "qwen{v}-coder{s}",
    title: "Qwen{v} Coder {s}",
    versions: ["4", "3.7", "3.5", "3"],
    sizes: [
      ["-plus", "1"],
      ["-flash", "0.3"],
      ["-480b-a35b", "0.4"],
    ],
    contextTokens: 1_000_000,
    traits: [...OPEN, "cache-write"],
  },
  {
    maker: "qwen",
    slug: "qwen{v}-vl-{s}",
    title: "Qwen{v} VL {s}",
    versions: ["3.7", "3.5", "3"],
    sizes: [
      ["235b-a22b", "0.3"],
      ["32b", "0.2"],
      ["8b", "0.08"],
    ],
    contextTokens: 262_144,
    traits: ["open", "vision"],
  },
  {
    maker: "mistralai",
    slug: "devstral-{s}-{v}",
    title: "Devstral {s} {v}",
    versions: ["3", "2", "1.1"],
    sizes: [
      ["medium", "0.4"],
      ["small", "0.1"],
    ],
    contextTokens: 262_144,
    traits: OPEN,
  },
  {
    maker: "mistralai",
    slug: "ministral-{v}-{s}",
    title: "Ministral {v} {s}",
    versions: ["4", "3"],
    sizes: [
      ["14b", "0.2"],
      ["8b", "0.1"],
      ["3b", "0.04"],
    ],
    contextTokens: 131_072,
    traits: ["open", "vision"],
  },
  {
    maker: "deepseek",
    slug: "deepseek-r{v}{s}",
    title: "DeepSeek R{v} {s}",
    versions: ["3", "2", "1"],
    sizes: [
      ["", "0.5"],
      ["-distill-70b", "0.1"],
      ["-distill-32b", "0.08"],
    ],
    contextTokens: 131_072,
    traits: OPEN_REASONING,
  },
  {
    maker: "openai",
    slug: "o{v}{s}",
    title: "o{v} {s}",
    versions: ["5", "4", "3"],
    sizes: [
      ["", "2"],
      ["-mini", "1.1"],
      ["-pro", "20"],
      ["-deep-research", "10"],
    ],
    contextTokens: 200_000,
    traits: ["reasoning", "vision", "cache", "web-search", "batch"],
  },
  {
    maker: "openai",
    slug: "gpt-audio-{v}{s}",
    title: "GPT Audio {v} {s}",
    versions: ["2", "1.5"],
    sizes: [
      ["", "2.5"],
      ["-mini", "0.6"],
    ],
    contextTokens: 128_000,
    traits: ["audio"],
  },
  {
    maker: "google",
    slug: "gemini-{v}-{s}-image",
    title: "Gemini {v} {s} Image",
    versions: ["3.5", "3.1"],
    sizes: [
      ["pro", "2"],
      ["flash", "0.5"],
    ],
    contextTokens: 65_536,
    traits: ["vision", "image-output", "batch"],
  },
  {
    maker: "perplexity",
    slug: "sonar{s}-{v}",
    title: "Sonar {s} {v}",
    versions: ["3", "2"],
    sizes: [
      ["", "1"],
      ["-pro", "3"],
      ["-reasoning-pro", "2"],
    ],
    contextTokens: 200_000,
    traits: ["web-search"],
  },
  {
    maker: "baidu",
    slug: "ernie-{v}-{s}",
    title: "ERNIE {v} {s}",
    versions: ["5.5", "5", "4.5"],
    sizes: [
      ["300b-a47b", "0.28"],
      ["21b-a3b", "0.07"],
      ["vl-28b-a3b", "0.14"],
    ],
    contextTokens: 123_000,
    traits: ["open"],
  },
  {
    maker: "bytedance-seed",
    slug: "seed-{v}{s}",
    title: "Seed {v} {s}",
    versions: ["2.5", "2", "1.6"],
    sizes: [
      ["", "0.25"],
      ["-flash", "0.07"],
      ["-code", "0.3"],
    ],
    contextTokens: 262_144,
    traits: ["reasoning", "vision", "cache"],
  },
  {
    maker: "tencent",
    slug: "hunyuan-{s}-{v}",
    title: "Hunyuan {s} {v}",
    versions: ["3", "2"],
    sizes: [
      ["a13b", "0.14"],
      ["turbo", "0.3"],
    ],
    contextTokens: 131_072,
    traits: OPEN,
  },
  {
    maker: "ai21",
    slug: "jamba-{s}-{v}",
    title: "Jamba {s} {v}",
    versions: ["2", "1.7"],
    sizes: [
      ["large", "2"],
      ["mini", "0.2"],
    ],
    contextTokens: 256_000,
    traits: ["open"],
  },
  {
    maker: "ibm-granite",
    slug: "granite-{v}-{s}",
    title: "Granite {v} {s}",
    versions: ["5", "4.1", "4"],
    sizes: [
      ["h-small", "0.06"],
      ["h-tiny", "0.03"],
      ["h-micro", "0.02"],
    ],
    contextTokens: 131_072,
    traits: ["open"],
  },
  {
    maker: "nousresearch",
    slug: "hermes-{v}-{s}",
    title: "Hermes {v} {s}",
    versions: ["5", "4", "3"],
    sizes: [
      ["405b", "1"],
      ["70b", "0.13"],
    ],
    contextTokens: 131_072,
    traits: ["open", "reasoning"],
  },
  {
    maker: "stepfun",
    slug: "step-{v}{s}",
    title: "Step {v} {s}",
    versions: ["4", "3.5", "3"],
    sizes: [
      ["", "0.57"],
      ["-flash", "0.1"],
    ],
    contextTokens: 65_536,
    traits: OPEN_REASONING,
  },
  {
    maker: "xiaomi",
    slug: "mimo-v{v}{s}",
    title: "MiMo V{v} {s}",
    versions: ["3", "2.5", "2"],
    sizes: [
      ["-pro", "0.5"],
      ["-flash", "0.1"],
    ],
    contextTokens: 262_144,
    traits: OPEN_REASONING,
  },
  {
    maker: "arcee-ai",
    slug: "trinity-{s}-{v}",
    title: "Trinity {s} {v}",
    versions: ["2", "1"],
    sizes: [
      ["large", "0.25"],
      ["mini", "0.045"],
    ],
    contextTokens: 131_072,
    traits: ["open"],
  },
  {
    maker: "inception",
    slug: "mercury-{v}{s}",
    title: "Mercury {v} {s}",
    versions: ["3", "2"],
    sizes: [
      ["", "0.25"],
      ["-coder", "0.25"],
    ],
    contextTokens: 128_000,
    traits: [],
  },
  {
    maker: "inclusionai",
    slug: "ling-{v}-{s}",
    title: "Ling {v} {s}",
    versions: ["3", "2.5"],
    sizes: [
      ["1t", "0.5"],
      ["flash", "0.08"],
    ],
    contextTokens: 262_144,
    traits: OPEN,
  },
  {
    maker: "liquid",
    slug: "lfm{v}-{s}",
    title: "LFM{v} {s}",
    versions: ["3", "2.5"],
    sizes: [
      ["24b-a2b", "0.03"],
      ["8b-a1b", "0.01"],
    ],
    contextTokens: 32_768,
    traits: ["open"],
  },
  {
    maker: "allenai",
    slug: "olmo-{v}-{s}",
    title: "Olmo {v} {s}",
    versions: ["4", "3.1", "3"],
    sizes: [
      ["32b-instruct", "0.2"],
      ["32b-think", "0.2"],
      ["7b-instruct", "0.1"],
    ],
    contextTokens: 65_536,
    traits: ["open"],
  },
  {
    maker: "thinkingmachines",
    slug: "inkling{s}-{v}",
    title: "Inkling {s} {v}",
    versions: ["2", "1"],
    sizes: [
      ["", "1.2"],
      ["-small", "0.5"],
    ],
    contextTokens: 524_288,
    traits: [...OPEN_REASONING, "vision"],
  },
];
