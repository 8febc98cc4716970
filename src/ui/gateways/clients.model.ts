/** One client that loads prices from an address, and what to paste so that it loads them from here. */
export type GatewayClient = Readonly<{
  name: string;
  /** Where the lines go, and what the client does with them. */
  words: string;
  /** Lines for a server at this address (`https://prices.example.com`), with `KEY` where the key goes. */
  lines: (server: string) => string;
}>;

/** `https://gateway:KEY@prices.example.com`, for clients that know an address and nothing else. */
function withKey(server: string): string {
  return server.replace("://", "://gateway:KEY@");
}

/** Each of them is tried by the project's tests; `docs/gateways.md` says more. */
export const GATEWAY_CLIENTS: readonly GatewayClient[] = [
  {
    name: "LiteLLM",
    words:
      "In the environment of the proxy. It loads the map when it starts, within 5 s, and keeps its own when that fails.",
    lines: (server) => `export LITELLM_MODEL_COST_MAP_URL="${withKey(server)}/v1/export/litellm"`,
  },
  {
    name: "Bifrost",
    words:
      "In config.json, or as “Pricing Datasheet URL” under Models. It wants the seller under a name of its own, which is what add=provider writes, and it loads from public addresses alone.",
    lines: (server) =>
      `{ "framework": { "pricing": { "pricing_url": "${withKey(server)}/v1/export/litellm?add=provider",\n    "pricing_sync_interval": 3600 } } }`,
  },
  {
    name: "opencode and other readers of models.dev",
    words:
      "In the environment. They ask for api.json below that address. A reader whose fetch refuses a key in an address takes a file instead, as curl writes it.",
    lines: (server) => `export OPENCODE_MODELS_URL="${withKey(server)}/v1/export/models-dev"`,
  },
  {
    name: "genai-prices",
    words: "In a program that calls calcPrice of @pydantic/genai-prices.",
    lines: (server) =>
      `const load = () => fetch("${server}/v1/export/genai-prices", { headers: { authorization: "Bearer KEY" } });\n` +
      "updatePrices(({ setProviderData }) => setProviderData(load().then((answer) => answer.json())));",
  },
  {
    name: "Readers of OpenRouter’s list of models",
    words: "In the place of https://openrouter.ai/api/v1/models.",
    lines: (server) => `${withKey(server)}/v1/export/openrouter`,
  },
  {
    name: "Readers of feeds",
    words: "What has changed in prices, as an Atom feed: old and new amounts, with a link to the model.",
    lines: (server) => `${withKey(server)}/v1/changes.atom`,
  },
  {
    name: "curl",
    words:
      "Any other client. A request with the ETag of the last answer gets a 304 without a body while the document has not changed.",
    lines: (server) =>
      `curl --user gateway:KEY --compressed --etag-save tag --etag-compare tag \\\n  ${server}/v1/export/csv --output prices.csv`,
  },
];
