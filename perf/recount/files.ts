import { plain } from "./decimal.ts";

/** One offer as a recount sees it: `lines` maps `meter/unit[>above[of]]` to USD per one unit. */
export type Counted = { state: string; lines: Record<string, string> };
export type Recount = Map<string, Counted>;

type Json = string | boolean | null | Json[] | { [key: string]: Json };
type Entry = { [key: string]: Json };

/** Numbers become the text that stands in the file; the engine's own parser hands it out. */
function readFile(text: string): Json {
  const keepDigits = (_key: string, value: unknown, context?: { source: string }): unknown =>
    typeof value === "number" ? (context?.source ?? "") : value;
  return JSON.parse(text, keepDigits) as Json;
}

const asEntry = (value: Json | undefined): Entry =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function settle(lines: Record<string, string>, zeroState: "free" | "unknown"): Counted {
  const amounts = Object.values(lines);
  if (amounts.length === 0) return { state: "unknown", lines: {} };
  if (amounts.some((amount) => amount !== "0")) return { state: "priced", lines };
  return { state: zeroState, lines: zeroState === "free" ? lines : {} };
}

const OPENROUTER: Record<string, string> = {
  prompt: "input/token",
  completion: "output/token",
  input_cache_read: "cache_read/token",
  input_cache_write: "cache_write/token",
  input_cache_write_1h: "cache_write_1h/token",
  internal_reasoning: "reasoning/token",
  audio: "input_audio/token",
  audio_output: "output_audio/token",
  input_audio_cache: "cache_read_audio/token",
  image: "input_image/token",
  image_output: "output_image/token",
  web_search: "web_search/search",
  request: "request/request",
};

function addLines(
  lines: Record<string, string>,
  source: Entry,
  table: Record<string, string>,
  shift = 0,
  tier = "",
): void {
  for (const [field, line] of Object.entries(table)) {
    const value = source[field];
    const amount = typeof value === "string" ? plain(value, shift) : undefined;
    if (amount !== undefined) lines[line + tier] = amount;
  }
}

export function recountOpenrouter(text: string): Recount {
  const result: Recount = new Map();
  for (const value of asList(asEntry(readFile(text))["data"])) {
    const model = asEntry(value);
    const id = String(model["id"]);
    if (id.startsWith("~")) continue;
    const [name = "", variant = "default"] = id.split(":");
    const pricing = asEntry(model["pricing"]);
    const key = ["openrouter", name, variant].join("|");
    if (pricing["prompt"] === "-1") {
      result.set(key, { state: "varies", lines: {} });
      continue;
    }
    const lines: Record<string, string> = {};
    addLines(lines, pricing, OPENROUTER);
    for (const override of asList(pricing["overrides"]).map(asEntry)) {
      addLines(lines, override, OPENROUTER, 0, `>${String(override["min_prompt_tokens"])}`);
    }
    result.set(key, settle(lines, variant === "free" || name.startsWith("openrouter/") ? "free" : "unknown"));
  }
  return result;
}

/** Field stem -> line; a stem's place in the name decides the rest. */
const LITELLM: [RegExp, string][] = [
  [/^input_cost_per_token$/, "input/token"],
  [/^output_cost_per_token$/, "output/token"],
  [/^output_cost_per_reasoning_token$/, "reasoning/token"],
  [/^cache_read_input_token_cost$/, "cache_read/token"],
  [/^cache_creation_input_token_cost$/, "cache_write/token"],
  [/^cache_creation_input_token_cost_above_1hr$/, "cache_write_1h/token"],
  [/^(in|out)put_cost_per_(audio|image|video)_token$/, "$1put_$2/token"],
  [/^cache_read_input_audio_token_cost$/, "cache_read_audio/token"],
  [/^cache_creation_input_audio_token_cost$/, "cache_write_audio/token"],
  [/^(in|out)put_cost_per_image$/, "$1put_image/image"],
  [/^(in|out)put_cost_per_(pixel|character|second)$/, "$1put/$2"],
  [/^output_cost_per_second_(\d+p|\dk)$/, "output_video_$1/second"],
  [/^output_cost_per_image_premium_image$/, "output_image_premium/image"],
  [/^output_cost_per_image_above_(512|1024)_and_\d+_pixels$/, "output_image_above_$1/image"],
  [/^output_cost_per_image_above_(512|1024)_and_\d+_pixels_and_premium_image$/, "output_image_above_$1_premium/image"],
  [/^output_cost_per_image_0\.5K$/, "output_image_0_5k/image"],
  [/^output_cost_per_image_(\d)K$/, "output_image_$1k/image"],
  [/^output_cost_per_image_(\d+)$/, "output_image_$1/image"],
  [/^cache_read_input_image_token_cost$/, "cache_read_image/token"],
  [/^cache_read_input_token_cost_per_audio_token$/, "cache_read_audio/token"],
  [/^google_maps_grounding_cost_per_query$/, "maps_grounding/search"],
  [/^(in|out)put_cost_per_(audio|video)_per_second$/, "$1put_$2/second"],
  [/^input_cost_per_query$/, "search/search"],
  [/^input_cost_per_request$/, "request/request"],
  [/^(citation)_cost_per_(token)$|^(ocr|annotation)_cost_per_(page|credit)$/, "$1$3/$2$4"],
  [/^code_interpreter_cost_per_session$/, "code_interpreter/session"],
];

function litellmLine(stem: string): string | undefined {
  const found = LITELLM.find(([pattern]) => pattern.test(stem));
  return found === undefined ? undefined : stem.replace(found[0], found[1]);
}

function searchLines(lines: Record<string, string>, context: Entry): void {
  const sizes = ["low", "medium", "high"].map((size) => plain(String(context[`search_context_size_${size}`])) ?? "");
  if (new Set(sizes).size === 1) lines["web_search/search"] = sizes[0] ?? "";
  else ["low", "medium", "high"].forEach((size, index) => (lines[`web_search_${size}/search`] = sizes[index] ?? ""));
}

function tierLines(lines: Record<string, string>, tier: Entry): void {
  const results = asList(tier["max_results_range"]);
  const from = Number(String(results[0] ?? asList(tier["range"])[0] ?? "0"));
  const first = results.length > 0 ? from <= 1 : from === 0;
  const suffix = first ? "" : results.length > 0 ? `>${from - 1}results` : `>${from}`;
  for (const [field, value] of Object.entries(tier)) {
    const line = litellmLine(field);
    const amount = line === undefined ? undefined : plain(String(value));
    if (line !== undefined && amount !== undefined) lines[line + suffix] = amount;
  }
}

function litellmVariants(entry: Entry): Map<string, Record<string, string>> {
  const variants = new Map<string, Record<string, string>>([["default", {}]]);
  const linesOf = (variant: string) => {
    const lines = variants.get(variant) ?? {};
    variants.set(variant, lines);
    return lines;
  };
  for (const [field, value] of Object.entries(entry)) {
    if (field === "search_context_cost_per_query") searchLines(linesOf("default"), asEntry(value));
    for (const tier of field === "tiered_pricing" ? asList(value) : []) tierLines(linesOf("default"), asEntry(tier));
    const suffix = /_(flex|priority|batches)$/.exec(field)?.[1] ?? "";
    const tier = /_above_(\d+)(k_tokens|s_interval)/.exec(field);
    const stem = field.replace(/_(flex|priority|batches)$/, "").replace(/_above_\d+(k_tokens|s_interval)$/, "");
    const line = litellmLine(
      stem === "input_cost_per_token_cache_hit" && !("cache_read_input_token_cost" in entry)
        ? "cache_read_input_token_cost"
        : stem,
    );
    const amount = typeof value === "string" ? plain(value) : undefined;
    if (line === undefined || amount === undefined) continue;
    const boundary = tier === null ? "" : tier[2] === "k_tokens" ? `>${tier[1]}000` : `>${tier[1]}seconds`;
    linesOf(suffix === "" ? "default" : suffix.replace("batches", "batch"))[line + boundary] = amount;
  }
  return variants;
}

export function recountLitellm(text: string): Recount {
  const map = asEntry(readFile(text));
  const result: Recount = new Map();
  for (const [key, value] of Object.entries(map)) {
    if (["sample_spec", "fallback_generalizations", "last_updated"].includes(key)) continue;
    const entry = asEntry(value);
    const seller = String(entry["litellm_provider"]);
    const short = key.startsWith(`${seller}/`) ? key.slice(seller.length + 1) : key;
    const model = short !== key && asEntry(map[short])["litellm_provider"] === seller ? key : short;
    for (const [variant, lines] of litellmVariants(entry))
      result.set([seller, model, variant].join("|"), settle(lines, "unknown"));
  }
  return result;
}

const MODELS_DEV = Object.fromEntries(
  ["input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio"].map((meter) => [
    meter,
    `${meter}/token`,
  ]),
);
const NOT_FREE_SELLER =
  /-plan(-|$)|coding|^(github-copilot|github-models|gitlab|ollama-cloud|lmstudio|nvidia|llmgateway|poe|cloudflare-ai-gateway|cortecs)$/;
const NOT_FREE_MODEL = /(^|\/)(auto|auto-beta|auto-model|custom|fusion|pareto-code|bodybuilder)$/;

function modelsDevLines(cost: Entry): Record<string, string> {
  const lines: Record<string, string> = {};
  addLines(lines, cost, MODELS_DEV, -6);
  const tiers = asList(cost["tiers"]).map(asEntry);
  for (const tier of tiers) addLines(lines, tier, MODELS_DEV, -6, `>${String(asEntry(tier["tier"])["size"])}`);
  if (tiers.length === 0) addLines(lines, asEntry(cost["context_over_200k"]), MODELS_DEV, -6, ">200000");
  return lines;
}

export function recountModelsDev(text: string): Recount {
  const result: Recount = new Map();
  for (const [seller, value] of Object.entries(asEntry(readFile(text)))) {
    const models = Object.entries(asEntry(asEntry(value)["models"])).map(([id, model]) => ({
      id,
      model: asEntry(model),
    }));
    const sheets = models.flatMap(({ id, model }) => [
      { id, model, variant: "default", lines: modelsDevLines(asEntry(model["cost"])) },
      ...Object.entries(asEntry(asEntry(model["experimental"])["modes"]))
        .filter(([, mode]) => "cost" in asEntry(mode))
        .map(([variant, mode]) => ({ id, model, variant, lines: modelsDevLines(asEntry(asEntry(mode)["cost"])) })),
    ]);
    const allZero = sheets.every(({ lines }) => Object.values(lines).every((amount) => amount === "0"));
    for (const { id, model, variant, lines } of sheets) {
      const outputs = asList(asEntry(model["modalities"])["output"]);
      const textOnly = outputs.length === 0 || (outputs.length === 1 && outputs[0] === "text");
      const bothZero = lines["input/token"] === "0" && lines["output/token"] === "0";
      const noPrice =
        allZero ||
        NOT_FREE_SELLER.test(seller) ||
        NOT_FREE_MODEL.test(id) ||
        (seller === "vercel" && id.startsWith("meta/"));
      result.set([seller, id, variant].join("|"), settle(lines, bothZero && textOnly && !noPrice ? "free" : "unknown"));
    }
  }
  return result;
}
