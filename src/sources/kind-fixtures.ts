import type { SourceKind } from "#/sources/adapter.ts";
import type { ListingFacts } from "#/terms/facts.ts";

/** A small document of a kind, and what it says: `seller model variant: state; meter/unit amount; …`, USD per one unit. */
export type KindFixture = Readonly<{
  kind: SourceKind;
  name: string;
  document: unknown;
  offers: readonly string[];
  /** What the offers say beside their prices, those that say nothing left out. */
  facts?: readonly ListingFacts[];
  rejects?: readonly string[];
  options?: Readonly<Record<string, unknown>>;
}>;

const near = (amount: number, scale = 9, currency = "USD") => ({ amount, scale, currency });

/** One document per format and shape, with made-up models and prices, and the traps of each. */
export const KIND_FIXTURES: readonly KindFixture[] = [
  {
    kind: "openrouter",
    name: "with the models' endpoints: a price per seller, a discount already taken off",
    options: { endpoints: true },
    document: [
      { data: [{ id: "acme/one", pricing: { prompt: "0.0000003", completion: "0.0000009" } }] },
      {
        data: {
          id: "acme/one",
          endpoints: [
            {
              provider_name: "Acme",
              tag: "acme/fp8",
              pricing: { prompt: "0.00000027", completion: "9e-7", discount: 0.1 },
              context_length: 65536,
              max_completion_tokens: 8192,
            },
            { provider_name: "Big Co.", pricing: { prompt: "0.0000004", completion: "0.0000012", discount: 0 } },
            { provider_name: "Odd", tag: "odd", pricing: { prompt: "0.0000004", discount: 1 } },
            { tag: "/fp8", pricing: { prompt: "0.0000004" } },
            { tag: "none" },
          ],
        },
      },
      { data: { id: "acme/one:free", endpoints: [{ tag: "acme/fp8", pricing: { prompt: "0", completion: "0" } }] } },
      { data: { endpoints: [] } },
    ],
    offers: [
      "openrouter acme/one default: priced; input/token 0.0000003; output/token 0.0000009",
      "acme acme/one endpoint=fp8: priced; input/token 0.00000027; output/token 0.0000009; list: input/token 0.0000003; output/token 0.000001",
      "big-co acme/one default: priced; input/token 0.0000004; output/token 0.0000012",
      "odd acme/one default: priced; input/token 0.0000004; 1 fault",
      "acme acme/one free+endpoint=fp8: free; input/token 0; output/token 0",
    ],
    facts: [{ contextTokens: 65536, outputTokens: 8192 }],
    rejects: [
      "acme/one.endpoints[2].pricing.discount not_a_number",
      "acme/one.endpoints[3] schema",
      "acme/one.endpoints[4].pricing schema",
      "endpoints[2] schema",
    ],
  },
  {
    kind: "cerebras",
    name: "USD per token as texts",
    document: { data: [{ id: "acme-1", pricing: { prompt: "0.0000002", completion: "0.0000008" } }, { id: null }] },
    offers: ["cerebras acme-1 default: priced; input/token 0.0000002; output/token 0.0000008"],
    rejects: ["[1] schema"],
  },
  {
    kind: "nebius",
    name: "USD per token, images and requests each",
    document: {
      data: [
        {
          id: "acme/one",
          pricing: { prompt: "1e-7", completion: "3e-7", image: "0.002", request: "0" },
          context_length: 131072,
        },
      ],
    },
    facts: [{ contextTokens: 131072 }],
    offers: [
      "nebius acme/one default: priced; input/token 0.0000001; output/token 0.0000003; input_image/image 0.002; request/request 0",
    ],
  },
  {
    kind: "parasail",
    name: "USD per 1M tokens, the model beside the seller's alias",
    document: [
      {
        externalAlias: "para-one",
        modelName: "acme/One",
        inputCost: 0.2,
        outputCost: 0.6,
        cachedCost: 0.02,
        contextLength: 131072,
      },
    ],
    facts: [{ contextTokens: 131072 }],
    offers: [
      "parasail acme/One default: priced; input/token 0.0000002; output/token 0.0000006; cache_read/token 0.00000002",
    ],
  },
  {
    kind: "venice",
    name: "USD under usd, and a long-context tier; other currencies ignored",
    document: {
      data: [
        {
          id: "one",
          created: 1760000000,
          type: "text",
          model_spec: {
            availableContextTokens: 131072,
            pricing: {
              input: { usd: 1, diem: 9 },
              output: { usd: 4 },
              extended: { context_token_threshold: 100000, input: { usd: 2 } },
            },
          },
        },
      ],
    },
    facts: [{ contextTokens: 131072, mode: "text", releasedOn: "2025-10-09" }],
    offers: ["venice one default: priced; input/token 0.000001; input/token>100000 0.000002; output/token 0.000004"],
  },
  {
    kind: "requesty",
    name: "caching is writing, cached is reading",
    document: {
      data: [
        {
          id: "acme/one",
          input_price: 3e-6,
          output_price: 1.5e-5,
          caching_price: 3.75e-6,
          cached_price: 3e-7,
          context_window: 200000,
          max_output_tokens: 8192,
        },
      ],
    },
    facts: [{ contextTokens: 200000, outputTokens: 8192 }],
    offers: [
      "requesty acme/one default: priced; input/token 0.000003; output/token 0.000015; cache_read/token 0.0000003; cache_write/token 0.00000375",
    ],
  },
  {
    kind: "xai",
    name: "whole numbers of 1/10,000 USD per 1M tokens",
    document: {
      models: [
        {
          id: "g-1",
          aliases: ["g-latest", "g"],
          prompt_text_token_price: 30000,
          completion_text_token_price: 150000,
          input_modalities: ["text", "Image", "text"],
          output_modalities: ["text", 3],
          created: 1780000000,
        },
      ],
    },
    facts: [{ inputModalities: ["text", "image"], releasedOn: "2026-05-28" }],
    offers: ["xai g-1 default: priced; input/token 0.000003; output/token 0.000015"],
  },
  {
    kind: "chutes",
    name: "float junk is rounded, TAO is ignored",
    document: {
      data: [
        {
          id: "acme/one",
          pricing: { prompt: 0.010399999999999998, completion: 0.5 },
          price: { input: { tao: 1, usd: 2 } },
          context_length: 40960,
          max_output_length: 8192,
          input_modalities: ["text"],
          output_modalities: ["text"],
          created: 1781209365,
        },
      ],
    },
    facts: [{ contextTokens: 40960, outputTokens: 8192, inputModalities: ["text"], outputModalities: ["text"] }],
    offers: ["chutes acme/one default: priced; input/token 0.0000000104; output/token 0.0000005"],
  },
  {
    kind: "huggingface",
    name: "a price per seller; a row without pricing is unknown",
    document: {
      data: [
        {
          id: "acme/one",
          architecture: { input_modalities: ["text"], output_modalities: ["text"] },
          providers: [
            { provider: "a", pricing: { input: 1, output: 2 }, context_length: 131072 },
            { provider: "b" },
            { provider: 3 },
          ],
        },
      ],
    },
    facts: [
      { contextTokens: 131072, inputModalities: ["text"], outputModalities: ["text"] },
      { inputModalities: ["text"], outputModalities: ["text"] },
    ],
    offers: ["a acme/one default: priced; input/token 0.000001; output/token 0.000002", "b acme/one default: unknown"],
    rejects: ["acme/one.providers[2] schema"],
  },
  {
    kind: "nearai",
    name: "an amount times ten to the minus scale; another currency is refused",
    document: {
      models: [
        {
          modelId: "one",
          inputCostPerToken: near(200),
          outputCostPerToken: near(7, 7),
          cacheReadCostPerToken: near(1, 9, "EUR"),
          metadata: { contextLength: 131072 },
        },
      ],
    },
    facts: [{ contextTokens: 131072 }],
    offers: ["nearai one default: priced; input/token 0.0000002; output/token 0.0000007"],
    rejects: ["one.cacheReadCostPerToken unit_unknown"],
  },
  {
    kind: "nearai",
    name: "mixed units: two fields per 1M tokens, the third per token",
    document: {
      data: [
        {
          id: "one",
          pricing: { input: 0.2, output: 0.7, input_cache_read: "0.00000002" },
          context_length: 131072,
          input_modalities: ["text"],
          output_modalities: ["text"],
        },
      ],
    },
    facts: [{ contextTokens: 131072, inputModalities: ["text"], outputModalities: ["text"] }],
    offers: ["nearai one default: priced; input/token 0.0000002; output/token 0.0000007; cache_read/token 0.00000002"],
  },
  {
    kind: "deepinfra",
    name: "cents per token, a cache price that is a multiple, free text ignored",
    document: [
      {
        model_name: "acme/one",
        type: "text-generation",
        max_tokens: 1048576,
        deprecated: 1778112000,
        replaced_by: "acme/two",
        pricing: {
          type: "tokens",
          cents_per_input_token: 2e-5,
          cents_per_output_token: 6e-5,
          rate_per_input_token_cached: 0.25,
          rate_per_input_token_cache_write: null,
          full: "$9 per million",
        },
      },
      {
        model_name: "acme/painter",
        deprecated: 1778198399,
        replaced_by: null,
        pricing: { type: "image_units", cents_per_image_unit: 2 },
      },
      {
        model_name: "acme/odd",
        deprecated: null,
        replaced_by: " ",
        pricing: { cents_per_song: 1, cents_per_input_token: 1e-5 },
      },
    ],
    facts: [
      { contextTokens: 1048576, mode: "text-generation", deprecatedOn: "2026-05-07", replacedBy: "acme/two" },
      { deprecatedOn: "2026-05-07" },
    ],
    offers: [
      "deepinfra acme/one default: priced; input/token 0.0000002; output/token 0.0000006; cache_read/token 0.00000005",
      "deepinfra acme/painter default: priced; output_image/image 0.02",
      "deepinfra acme/odd default: priced; input/token 0.0000001",
    ],
    rejects: ["acme/odd.pricing.cents_per_song unit_unknown"],
  },
  {
    kind: "deepinfra",
    name: "the list in OpenAI's shape, USD per 1M tokens",
    document: {
      data: [
        { id: "acme/one", metadata: { context_length: 131072, pricing: { input_tokens: 0.2, output_tokens: 0.6 } } },
      ],
    },
    facts: [{ contextTokens: 131072 }],
    offers: ["deepinfra acme/one default: priced; input/token 0.0000002; output/token 0.0000006"],
  },
  {
    kind: "novita",
    name: "whole numbers of 1/10,000 USD per 1M",
    document: {
      data: [
        {
          id: "acme/one",
          input_token_price_per_m: 7000,
          output_token_price_per_m: 25000,
          context_size: 160000,
          max_output_tokens: 0,
          model_type: "chat",
        },
      ],
    },
    facts: [{ contextTokens: 160000, mode: "chat" }],
    offers: ["novita acme/one default: priced; input/token 0.0000007; output/token 0.0000025"],
  },
  {
    kind: "novita",
    name: "a decimal beside the whole number must say the same; the list price is kept apart",
    document: {
      data: [
        {
          id: "a",
          pricing: { prompt: { price_per_m: 750, price_per_m_decimal: "0.075", origin_price_per_m_decimal: "0.15" } },
        },
        { id: "b", pricing: { prompt: { price_per_m: 700, price_per_m_decimal: "0.7" } } },
        { id: "c", input_token_price_per_m: 700, is_tiered_billing: true },
      ],
    },
    offers: [
      "novita a default: priced; input/token 0.000000075; list: input/token 0.00000015",
      "novita b default: priced; input/token 0.0000007; 1 fault",
      "novita c default: priced; input/token 0.00000007; 1 fault",
    ],
    rejects: ["b.pricing.prompt.price_per_m duplicate", "c.tiered_billing_configs schema"],
  },
  {
    kind: "vercel",
    name: "tiers from their first token, searches per 1,000, service tiers and regions as variants; what varies is no number",
    document: {
      data: [
        {
          id: "acme/one",
          context_window: 1000000,
          max_tokens: 8192,
          type: "language",
          created: 1755815280,
          released: 1747872000,
          pricing: {
            input: "0.000003",
            input_tiers: [
              { cost: "0.000003", min: 0, max: 200001 },
              { cost: "0.000006", min: 200001 },
            ],
            web_search: "10",
            service_tiers: {
              priority: { input: "0.000006", long_context: { threshold: 200000, input: "0.000012" } },
              odd: {},
            },
            fast: { input: "0.000018", long_context: { threshold: 200000, input: "0.000036" } },
            regional: { us: { input: "0.0000033" } },
          },
        },
        { id: "acme/two", pricing: { input: "1", varies_by_provider: true } },
      ],
    },
    facts: Array.from({ length: 4 }, () => ({
      contextTokens: 1000000,
      outputTokens: 8192,
      mode: "language",
      releasedOn: "2025-05-22",
    })),
    offers: [
      "vercel acme/one default: priced; input/token 0.000003; input/token>200000 0.000006; web_search/search 0.01",
      "vercel acme/one priority: priced; input/token 0.000006; input/token>200000 0.000012",
      "vercel acme/one speed=fast: priced; input/token 0.000018; input/token>200000 0.000036",
      "vercel acme/one region=us: priced; input/token 0.0000033",
      "vercel acme/two default: varies",
    ],
    rejects: ["acme/one.pricing.service_tiers.odd unit_unknown"],
  },
  {
    kind: "together",
    name: "0 and 0 is unknown, hours are no request",
    document: [
      {
        id: "one",
        type: "chat",
        context_length: 131072,
        pricing: { hourly: 9, input: 0.9, output: 0.9, base: 0, finetune: 0 },
      },
      { id: "two", pricing: { hourly: 3, input: 0, output: 0 } },
    ],
    facts: [{ contextTokens: 131072, mode: "chat" }],
    offers: [
      "together one default: priced; input/token 0.0000009; output/token 0.0000009",
      "together two default: unknown",
    ],
  },
  {
    kind: "together",
    name: "pages; a cached price of null is unknown, not 0",
    document: [
      {
        data: [{ serverlessEndpoint: "one", pricing: { input: 0.2, output: 0.6, cachedInput: null } }],
        next_cursor: "x",
      },
      { data: [{ serverlessEndpoint: "two", pricing: { input: 1, output: 2, cachedInput: 0.1 } }] },
    ],
    offers: [
      "together one default: priced; input/token 0.0000002; output/token 0.0000006",
      "together two default: priced; input/token 0.000001; output/token 0.000002; cache_read/token 0.0000001",
    ],
  },
  {
    kind: "fireworks",
    name: "an amount and its unit as a text; another unit is refused",
    document: {
      data: [
        {
          id: "accounts/acme/models/one",
          context_length: 131072,
          input_modalities: ["text"],
          output_modalities: ["text"],
          pricing: [
            { sku: "LLM input tokens (uncached)", amount: "0.6", unit: "1M tokens" },
            { sku: "LLM output tokens", amount: "1.8", unit: "1K tokens" },
            { sku: "GPU hours", amount: "3", unit: "hour" },
          ],
        },
      ],
    },
    facts: [{ contextTokens: 131072, inputModalities: ["text"], outputModalities: ["text"] }],
    offers: ["fireworks accounts/acme/models/one default: priced; input/token 0.0000006"],
    rejects: [
      "accounts/acme/models/one.pricing[1].unit unit_unknown",
      "accounts/acme/models/one.pricing[2].sku unit_unknown",
    ],
  },
  {
    kind: "alibaba",
    name: "ranges in words are tiers, yuan is refused",
    document: {
      output: {
        total: 1,
        models: [
          {
            model: "one",
            published_time: "2025-07-01",
            prices: [
              {
                range_name: "Input<=128k",
                prices: [{ type: "input_token", price: "0.4", price_unit: "Per 1M tokens" }],
              },
              {
                range_name: "128k<Input<=1m",
                prices: [{ type: "input_token", price: "1.2", price_unit: "Per 1M tokens" }],
              },
              { range_name: "nights", prices: [] },
              { prices: [{ type: "output_token", price: "9", price_unit: "CNY per 1M tokens" }] },
            ],
          },
        ],
      },
    },
    facts: [{ releasedOn: "2025-07-01" }],
    offers: ["alibaba one default: priced; input/token 0.0000004; input/token>128000 0.0000012"],
    rejects: ["one.prices[2].range_name unit_unknown", "one.prices[3].prices[0].price_unit unit_unknown"],
  },
  {
    kind: "portkey",
    name: "cents per token, batch as a variant, the fallback skipped, the seller from the options",
    document: {
      default: { pricing_config: { pay_as_you_go: { request_token: { price: 0 } } } },
      one: {
        pricing_config: {
          pay_as_you_go: {
            request_token: { price: 0.0003 },
            additional_units: { cache_write_1h: { price: 0.0006 }, songs: { price: 1 } },
          },
          batch_config: { request_token: { price: 0.00015 } },
        },
      },
    },
    options: { seller: "acme" },
    offers: [
      "acme one default: priced; input/token 0.000003; cache_write_1h/token 0.000006",
      "acme one batch: priced; input/token 0.0000015",
    ],
    rejects: ["one.pricing_config.pay_as_you_go.songs unit_unknown"],
  },
  {
    kind: "genai-prices",
    name: "the last active price counts; later days are announced, hours are windows, tiers are cliffs",
    document: [
      {
        id: "acme",
        models: [
          {
            id: "dated",
            context_window: 200000,
            prices: [
              { prices: { input_mtok: 9 } },
              {
                constraint: { start_date: "2026-01-01" },
                prices: { input_mtok: { base: 3, tiers: [{ start: 200000, price: 6 }] } },
              },
              { constraint: { start_date: "2027-01-01" }, prices: { input_mtok: 2 } },
            ],
          },
          {
            id: "nightly",
            prices: [
              { prices: { input_mtok: 1, cache_image_read_mtok: 0.2, web_searches_kcount: 10 } },
              { constraint: { start_time: "00:30:00Z", end_time: "16:30:00Z" }, prices: { input_mtok: 2 } },
              { constraint: { weather: "rain" }, prices: { input_mtok: 5 } },
            ],
          },
        ],
      },
    ],
    facts: [{ contextTokens: 200000 }],
    offers: [
      "acme dated default: priced; input/token 0.000003; input/token>200000 0.000006; from 2027-01-01T00:00:00Z: input/token 0.000002",
      "acme nightly default: priced; input/token 0.000001; input/token@00:30-16:30 0.000002; cache_read_image/token 0.0000002; web_search/search 0.01",
    ],
    rejects: ["acme/nightly.prices[2].constraint unit_unknown"],
  },
  {
    kind: "openrouter",
    name: "texts per token, tiers as overrides, a price that varies",
    document: {
      data: [
        {
          id: "acme/one",
          context_length: 1048576,
          architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
          top_provider: { max_completion_tokens: 384000 },
          created: 1785478908,
          expiration_date: "2026-08-10",
          pricing: {
            prompt: "0.000003",
            completion: "0.000015",
            overrides: [{ min_prompt_tokens: 200000, prompt: "0.000006" }],
          },
        },
        {
          id: "acme/any",
          pricing: { prompt: "-1", completion: "-1" },
          context_length: "much",
          architecture: "big",
          created: 1785478908000,
          expiration_date: "2026-02-30",
        },
      ],
    },
    facts: [
      {
        contextTokens: 1048576,
        outputTokens: 384000,
        inputModalities: ["text", "image"],
        outputModalities: ["text"],
        releasedOn: "2026-07-31",
        sunsetOn: "2026-08-10",
      },
    ],
    offers: [
      "openrouter acme/one default: priced; input/token 0.000003; input/token>200000 0.000006; output/token 0.000015",
      "openrouter acme/any default: varies",
    ],
  },
  {
    kind: "litellm",
    name: "fields with suffixes, off-peak hours, a search price",
    document: {
      one: {
        litellm_provider: "acme",
        max_input_tokens: 200000,
        max_output_tokens: 64000,
        max_tokens: 64000,
        mode: "chat",
        supported_modalities: ["text", "image"],
        supported_output_modalities: ["text"],
        deprecation_date: "2026-10-15",
        input_cost_per_token: 3e-6,
        input_cost_per_token_above_200k_tokens: 6e-6,
        output_cost_per_token_batches: 7.5e-6,
        off_peak_pricing: { hours_utc: "16:30-00:30", input_cost_per_token: 1.5e-6 },
      },
    },
    facts: Array.from({ length: 2 }, () => ({
      contextTokens: 200000,
      outputTokens: 64000,
      inputModalities: ["text", "image"],
      outputModalities: ["text"],
      mode: "chat",
      sunsetOn: "2026-10-15",
    })),
    offers: [
      "acme one default: priced; input/token 0.000003; input/token@16:30-00:30 0.0000015; input/token>200000 0.000006",
      "acme one batch: priced; output/token 0.0000075",
    ],
  },
  {
    kind: "models-dev",
    name: "USD per 1M tokens, tiers by context",
    document: {
      acme: {
        id: "acme",
        models: {
          one: {
            id: "one",
            modalities: { input: ["text", "pdf"], output: ["text"] },
            limit: { context: 1000000, output: 0 },
            release_date: "2026-02",
            status: "deprecated",
            cost: { input: 3, output: 15, tiers: [{ input: 6, tier: { type: "context", size: 200000 } }] },
          },
        },
      },
    },
    facts: [{ contextTokens: 1000000, inputModalities: ["text", "pdf"], outputModalities: ["text"] }],
    offers: ["acme one default: priced; input/token 0.000003; input/token>200000 0.000006; output/token 0.000015"],
  },
];
