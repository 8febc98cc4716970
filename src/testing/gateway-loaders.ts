import { request } from "node:http";

/** Asks an address with a key in it as clients do that know nothing else: no header of their own, and a time limit. */
export function getAddress(address: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const { username, password, hostname, port, pathname, search } = new URL(address);
    const asked = request({
      hostname,
      port,
      path: pathname + search,
      auth: `${username}:${password}`,
      signal: AbortSignal.timeout(timeoutMs),
    });
    asked.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`refused: HTTP ${answer.statusCode}`));
      });
    });
    asked.once("error", reject);
    asked.end();
  });
}

type Entries = Record<string, Record<string, unknown>>;

function readEntries(text: string): Entries {
  const map: unknown = JSON.parse(text);
  if (typeof map !== "object" || map === null || Array.isArray(map)) throw new Error("refused: no object");
  return map as Entries;
}

/**
 * Does what LiteLLM does (`litellm/litellm_core_utils/get_model_cost_map.py`): within 5 s, and no map that has less than half of the entries of the
 * one that it came with.
 */
export async function loadAsLitellm(address: string, entriesOfBackup: number): Promise<Entries> {
  const map = readEntries(await getAddress(address, 5_000));
  if (Object.keys(map).length < entriesOfBackup / 2) throw new Error("refused: the map has shrunk");
  return map;
}

/** `framework/modelcatalog/datasheet/types.go`: what is of another type fails the whole map. */
const BIFROST_TYPES: readonly (readonly [fields: RegExp, fits: (value: unknown, written: string) => boolean])[] = [
  [/^(provider|mode|base_model)$/, (value) => typeof value === "string"],
  [
    /^(context_length|max_input_tokens|max_output_tokens)$/,
    (value, written) => value === null || /^\d+$/.test(written),
  ],
  [/^search_context_cost_per_query$/, (value) => typeof value === "object"],
  [/_cost_per_|_token_cost|_multiplier$/, (value) => value === null || typeof value === "number"],
];

/** `makeKey` there. */
export function bifrostKey(model: string, provider: string, mode: string): string {
  return `${model}|${provider}|${mode}`;
}

/**
 * Does what Bifrost does (`loadPricingFromURL` and `convertEntryToTablePricing` in `framework/modelcatalog/datasheet`): reads the map into its types within 5 s,
 * and keeps each price under the model without its seller, the provider and the mode. The check for public addresses is left out,
 * and so are its other names of some providers, which none here has.
 */
export async function loadAsBifrost(address: string): Promise<Map<string, Record<string, unknown>>> {
  const text = await getAddress(address, 5_000);
  JSON.parse(text, (name, value: unknown, { source = "" }: { source?: string } = {}) => {
    const type = BIFROST_TYPES.find(([fields]) => fields.test(name));
    if (type !== undefined && !type[1](value, source)) throw new Error(`refused: ${name} is ${source}`);
    return value;
  });
  const wordOf = (value: unknown) => (typeof value === "string" ? value : "");
  return new Map(
    Object.entries(readEntries(text)).map(([key, entry]) => [
      bifrostKey(key.slice(key.indexOf("/") + 1), wordOf(entry["provider"]), wordOf(entry["mode"])),
      entry,
    ]),
  );
}

/** Does what opencode does (`packages/core/src/models-dev.ts`): asks for `api.json` below the address within 10 s. */
export async function loadAsOpencode(modelsUrl: string): Promise<Entries> {
  return readEntries(await getAddress(`${modelsUrl}/api.json`, 10_000));
}
