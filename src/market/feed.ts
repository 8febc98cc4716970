export const FEEDS = ["openrouter", "litellm", "models-dev", "genai-prices"] as const;
export type Feed = (typeof FEEDS)[number];

/** Where each document is served. */
export const FEED_PATHS = {
  openrouter: "/openrouter/api/v1/models",
  litellm: "/litellm/model_prices_and_context_window.json",
  "models-dev": "/models-dev/api.json",
  "genai-prices": "/genai-prices/data.json",
} as const satisfies Record<Feed, string>;
