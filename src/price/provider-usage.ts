import type { Usage, UsageKey } from "#/price/usage-keys.ts";

/** What a provider's usage object says, before its fields have been looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** A usage object that contradicts itself, or has a count that is none. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
}

/**
 * A shape of usage objects: how it is told from others, and how it is read. Our meters count every token once, so where a shape
 * counts a part within a whole, the part is taken off. `extractUsage` of genai-prices is not used for this: it is told the
 * provider and the flavour, needs that package's whole price data (830 kB, which the calculator in the browser would load),
 * passes over cache hits of DeepSeek, one-hour writes of Bedrock and searches of Cohere, and keeps the overlapping counts.
 */
type Shape = Readonly<{ name: string; fits: (fields: Fields) => boolean; read: (fields: Fields) => Usage }>;

export const SHAPES: readonly Shape[] = [
  {
    // Groq, Mistral and DeepSeek answer OpenAI's chat shape with fields of their own.
    name: "OpenAI chat, Groq, Mistral or DeepSeek",
    fits: (fields) => "prompt_tokens" in fields,
    read: readChat,
  },
  {
    name: "OpenAI responses",
    fits: (fields) => "input_tokens" in fields && ("input_tokens_details" in fields || "total_tokens" in fields),
    read: readResponses,
  },
  { name: "Anthropic", fits: (fields) => "input_tokens" in fields && "output_tokens" in fields, read: readAnthropic },
  { name: "Gemini", fits: (fields) => "promptTokenCount" in fields, read: readGemini },
  { name: "Bedrock Converse", fits: (fields) => "inputTokens" in fields, read: readBedrock },
  { name: "Cohere", fits: (fields) => isFields(fields["billed_units"]), read: readCohere },
];

/**
 * https://platform.openai.com/docs/api-reference/chat/object: cached and audio tokens are within `prompt_tokens`, reasoning and
 * audio within `completion_tokens`. DeepSeek says cached ones as `prompt_cache_hit_tokens`
 * (https://api-docs.deepseek.com/guides/kv_cache), Mistral the length of audio as `prompt_audio_seconds`
 * (https://docs.mistral.ai/api/).
 */
function readChat(fields: Fields): Usage {
  const cached = find(fields, "prompt_tokens_details", "cached_tokens") ?? count(fields, "prompt_cache_hit_tokens");
  return used({
    ...split("prompt_tokens", "input", count(fields, "prompt_tokens"), {
      cache_read: cached,
      cache_write: count(fields, "prompt_tokens_details", "cache_write_tokens"),
      input_audio: count(fields, "prompt_tokens_details", "audio_tokens"),
    }),
    ...split("completion_tokens", "output", count(fields, "completion_tokens"), {
      reasoning: count(fields, "completion_tokens_details", "reasoning_tokens"),
      output_audio: count(fields, "completion_tokens_details", "audio_tokens"),
    }),
    "input_audio/second": count(fields, "prompt_audio_seconds"),
  });
}

/** https://platform.openai.com/docs/api-reference/responses/object: the details are within the two counts. */
function readResponses(fields: Fields): Usage {
  return used({
    ...split("input_tokens", "input", count(fields, "input_tokens"), {
      cache_read: count(fields, "input_tokens_details", "cached_tokens"),
      cache_write: count(fields, "input_tokens_details", "cache_write_tokens"),
      input_image: count(fields, "input_tokens_details", "image_tokens"),
      input_audio: count(fields, "input_tokens_details", "audio_tokens"),
    }),
    ...split("output_tokens", "output", count(fields, "output_tokens"), {
      reasoning: count(fields, "output_tokens_details", "reasoning_tokens"),
      output_image: count(fields, "output_tokens_details", "image_tokens"),
      output_audio: count(fields, "output_tokens_details", "audio_tokens"),
    }),
  });
}

/**
 * https://docs.claude.com/en/api/messages and its page on prompt caching: `input_tokens` are those that come after the cached ones,
 * and `cache_creation` splits the writes by how long they are kept.
 */
function readAnthropic(fields: Fields): Usage {
  return used({
    input: count(fields, "input_tokens"),
    cache_read: count(fields, "cache_read_input_tokens"),
    ...split("cache_creation_input_tokens", "cache_write", count(fields, "cache_creation_input_tokens"), {
      cache_write_1h: count(fields, "cache_creation", "ephemeral_1h_input_tokens"),
    }),
    ...split("output_tokens", "output", count(fields, "output_tokens"), {
      reasoning: count(fields, "output_tokens_details", "thinking_tokens"),
    }),
    web_search: count(fields, "server_tool_use", "web_search_requests"),
  });
}

/**
 * https://ai.google.dev/api/generate-content#UsageMetadata: the prompt includes what was cached, thoughts are beside the
 * candidates, and prompts of tools beside the prompt. Documents are counted as images.
 */
function readGemini(fields: Fields): Usage {
  const prompt = modalities(fields, "promptTokensDetails");
  const tools = modalities(fields, "toolUsePromptTokensDetails");
  const cached = modalities(fields, "cacheTokensDetails");
  const answer = modalities(fields, "candidatesTokensDetails");
  const input = count(fields, "promptTokenCount") + count(fields, "toolUsePromptTokenCount");
  const fresh = (what: keyof typeof prompt) => {
    const rest = prompt[what] + tools[what] - cached[what];
    if (rest < 0) throw new UsageFault(`more ${what} tokens are cached than the prompt has`);
    return rest;
  };
  const cacheRead = split("cachedContentTokenCount", "cache_read", count(fields, "cachedContentTokenCount"), {
    cache_read_audio: cached.audio,
    cache_read_image: cached.image,
  });
  return used({
    ...cacheRead,
    ...split("promptTokenCount", "input", input - count(fields, "cachedContentTokenCount"), {
      input_audio: fresh("audio"),
      input_image: fresh("image"),
      input_video: fresh("video"),
    }),
    ...split("candidatesTokenCount", "output", count(fields, "candidatesTokenCount"), {
      output_audio: answer.audio,
      output_image: answer.image,
      output_video: answer.video,
    }),
    reasoning: count(fields, "thoughtsTokenCount"),
  });
}

/**
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html: cached tokens are beside `inputTokens`, and
 * `cacheDetails` splits the writes by how long they are kept.
 */
function readBedrock(fields: Fields): Usage {
  const hour = listOf(fields["cacheDetails"]).filter(({ ttl }) => ttl === "1h");
  return used({
    input: count(fields, "inputTokens"),
    output: count(fields, "outputTokens"),
    cache_read: count(fields, "cacheReadInputTokens"),
    ...split("cacheWriteInputTokens", "cache_write", count(fields, "cacheWriteInputTokens"), {
      cache_write_1h: hour.reduce((sum, detail) => sum + count(detail, "inputTokens"), 0),
    }),
  });
}

/** https://docs.cohere.com/reference/chat: `billed_units` are what is charged for, `tokens` what was worked on. */
function readCohere(fields: Fields): Usage {
  if (count(fields, "billed_units", "classifications") > 0) throw new UsageFault("classifications are no meter");
  return used({
    input: count(fields, "billed_units", "input_tokens"),
    output: count(fields, "billed_units", "output_tokens"),
    search: count(fields, "billed_units", "search_units"),
    "input_image/image": count(fields, "billed_units", "images"),
  });
}

type Counts = Partial<Record<UsageKey, number>>;

/** A whole without its parts, and the parts. Throws when the parts are more than the whole. */
function split(field: string, whole: UsageKey, units: number, parts: Counts): Counts {
  const rest = Object.values(parts).reduce((left, part) => left - part, units);
  if (rest < 0) throw new UsageFault(`the parts of ${field} are more than the whole`);
  return { [whole]: rest, ...parts };
}

function used(counts: Counts): Usage {
  return Object.fromEntries(Object.entries(counts).filter(([, units]) => units > 0));
}

function modalities(fields: Fields, name: string): Readonly<{ audio: number; image: number; video: number }> {
  const sum = (...kinds: readonly string[]) =>
    listOf(fields[name])
      .filter(({ modality }) => kinds.includes(String(modality)))
      .reduce((total, detail) => total + count(detail, "tokenCount"), 0);
  return { audio: sum("AUDIO"), image: sum("IMAGE", "DOCUMENT"), video: sum("VIDEO") };
}

function listOf(value: unknown): readonly Fields[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter(isFields);
}

/** A count that may be absent or null, which is 0. Throws for one that is no whole number from 0 on. */
function count(fields: Fields, ...path: readonly string[]): number {
  return find(fields, ...path) ?? 0;
}

function find(fields: Fields, ...path: readonly string[]): number | undefined {
  let value: unknown = fields;
  for (const step of path) value = isFields(value) ? value[step] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageFault(`${path.join(".")} is no whole number from 0 on`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
