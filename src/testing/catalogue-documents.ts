import type { DocumentKind } from "#/sources/documents/document.ts";

/** The instant at which they are read. */
export const SEEN_AT = "2026-08-25T00:00:00Z";

/** A document of each format with fields that are no prices, odd spacing, and prices of every shape that the format has. */
export const CATALOGUE_DOCUMENTS: Readonly<Record<DocumentKind, string>> = {
  litellm: `{
    "sample_spec": { "input_cost_per_token": 0.0, "max_input_tokens": "if the provider specifies it", "mode": "one of chat, embedding" },
    "acme/plain":   { "max_tokens": 8192, "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
        "litellm_provider": "acme", "mode": "chat", "supports_vision": true, "source": "https:\\/\\/acme.example\\u002f" },
    "tiered": {"litellm_provider": "acme", "input_cost_per_token": 1.25e-6, "input_cost_per_token_above_200k_tokens": 2.5e-6,
        "output_cost_per_token": 1e-5, "output_cost_per_token_above_200k_tokens": 1.5e-5,
        "cache_read_input_token_cost": 1.25e-7, "max_input_tokens": 1048576, "supported_endpoints": ["/v1/chat"]},
    "cheaper": { "litellm_provider": "acme", "input_cost_per_token": 0.000002, "input_cost_per_token_batches": 0.000001,
        "output_cost_per_token": 0.000008, "output_cost_per_token_batches": 0.000004, "rpm": 500 },
    "uplifted": { "litellm_provider": "acme", "input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6,
        "regional_processing_uplift_multiplier_eu": 1.1, "deprecation_date": "2027-01-01" },
    "searching": { "litellm_provider": "acme", "max_output_tokens": 2000000.0, "mode": "chat", "input_cost_per_token": 3e-6, "output_cost_per_token": 15e-6,
        "search_context_cost_per_query": { "search_context_size_low": 0.006, "search_context_size_medium": 0.008,
            "search_context_size_high": 0.012 } },
    "ollama/local": { "litellm_provider": "ollama", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0, "mode": "chat" }
}
`,
  openrouter: `{"data":[
  {"id":"acme/one","name":"One","context_length":128000,"pricing":{"prompt":"0.000003","completion":"0.000015","image":"0",
    "input_cache_read":"0.0000003"},"architecture":{"input_modalities":["text"]}},
  {"id":"acme/two:free","pricing":{"prompt":"0","completion":"0"},"supported_parameters":["tools"]},
  {"id":"acme/long","pricing":{"prompt":"0.00000125","completion":"0.00001",
    "overrides":[{"min_prompt_tokens":200000,"prompt":"0.0000025","completion":"0.000015"}]},"top_provider":{"is_moderated":true}},
  {"id":"openrouter/auto","pricing":{"prompt":"-1","completion":"-1"}}
]}`,
  "models-dev": `{
  "acme": { "id": "acme", "env": ["ACME_KEY"], "npm": "@acme/sdk", "models": {
      "one": { "id": "one", "name": "One", "attachment": false, "limit": { "context": 200000, "output": 8192 },
        "modalities": { "input": ["text"], "output": ["text"] },
        "cost": { "input": 3, "output": 15, "cache_read": 0.3, "context_over_200k": { "input": 6, "output": 22.5 } } },
      "two": { "id": "two", "modalities": { "input": ["text"], "output": ["text"] }, "cost": { "input": 0.15, "output": 0.60 },
        "experimental": { "modes": { "fast": { "cost": { "input": 0.3, "output": 1.2 } } } } },
      "none": { "id": "none", "modalities": { "input": ["text"], "output": ["text"] }, "open_weights": true } } }
}`,
  "genai-prices": `[
  {"id": "acme", "name": "Acme", "api_pattern": "https://api\\\\.acme\\\\.example", "models": [
    {"id": "plain-text", "match": {"starts_with": "plain-text"}, "context_window": 200000, "prices": {"input_mtok": 3, "output_mtok": 15,
      "cache_read_mtok": 0.3}},
    {"id": "stepped", "match": {"equals": "stepped"}, "prices": {"input_mtok": {"base": 1.25, "tiers": [{"start": 200000, "price": 2.5}]},
      "output_mtok": 10}},
    {"id": "dated", "match": {"equals": "dated"}, "prices": [{"prices": {"input_mtok": 4, "output_mtok": 8}},
      {"constraint": {"start_date": "2026-01-01"}, "prices": {"input_mtok": 2, "output_mtok": 4}}]}]}
]`,
};
