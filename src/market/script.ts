import { decimal, shiftPoint, type Decimal } from "#/price/decimal.ts";
import {
  addModels,
  changeOffers,
  correctOffers,
  hideOffers,
  misstateOffers,
  showAll,
  type Catalog,
} from "#/market/catalog.ts";
import type { FaultInput } from "#/market/fault.ts";
import { FEEDS } from "#/market/feed.ts";
import { marketOfferKey, type MarketOffer } from "#/market/market-offer.ts";
import { scaleCharges } from "#/market/price-model.ts";
import type { Random } from "#/market/random.ts";
import { OPENROUTER } from "#/market/seller.ts";

/** `said` tells a person what the step did; `models` are the ones that it touched. */
export type StepResult = Readonly<{
  catalog: Catalog;
  said: string;
  models?: readonly string[];
  faults?: readonly FaultInput[];
}>;

export type ScriptStep = Readonly<{ name: string; run: (catalog: Catalog, random: Random) => StepResult }>;

const MILLION = decimal("1000000");
const ZERO = decimal("0");

type Where = Readonly<{ seller: string; variant?: string }>;

function listPriced(catalog: Catalog, { seller, variant = "default" }: Where): MarketOffer[] {
  return [...catalog.offers.values()].filter(
    (offer) => offer.seller === seller && offer.variant === variant && offer.state === "priced",
  );
}

function sampleModels(catalog: Catalog, random: Random, count: number, where: Where): string[] {
  return random.sample(listPriced(catalog, where), count).map((offer) => offer.model);
}

function movePrices(catalog: Catalog, factors: ReadonlyMap<string, Decimal>): Catalog {
  return changeOffers(catalog, (offer) => {
    const factor = factors.get(offer.model);
    return factor && offer.state === "priced"
      ? { state: "priced", charges: scaleCharges(offer.charges, factor) }
      : undefined;
  });
}

function moveSome(catalog: Catalog, random: Random): StepResult {
  const models = sampleModels(catalog, random, 12, { seller: OPENROUTER });
  const draw = (): Decimal => shiftPoint(decimal(String(100 + random.pick([-1, 1]) * random.integer(5, 30))), -2);
  const factors = new Map(models.map((model) => [model, draw()]));
  return {
    catalog: movePrices(catalog, factors),
    models,
    said: `Prices moved on ${models.length} models, by 5 to 30 %, in every feed.`,
  };
}

function launchThree(catalog: Catalog): StepResult {
  const { catalog: next, added } = addModels(catalog, 3);
  const models = added.map((model) => model.id);
  return { catalog: next, models, said: `Three new models came to the market: ${models.join(", ")}.` };
}

const MISTAKEN = "deepinfra";

function mistakeUnits(catalog: Catalog, random: Random): StepResult {
  const models = sampleModels(catalog, random, 5, { seller: MISTAKEN });
  const next = misstateOffers(catalog, "litellm", (offer) =>
    offer.seller === MISTAKEN && models.includes(offer.model)
      ? { state: offer.state, charges: scaleCharges(offer.charges, MILLION) }
      : undefined,
  );
  return {
    catalog: next,
    models,
    said: `LiteLLM states ${models.length} of ${MISTAKEN}'s prices a million times too high.`,
  };
}

function forgetPrices(catalog: Catalog, random: Random): StepResult {
  const models = sampleModels(catalog, random, 4, { seller: OPENROUTER });
  const next = misstateOffers(catalog, "models-dev", (offer) =>
    offer.seller === OPENROUTER && offer.variant === "default" && models.includes(offer.model)
      ? { state: "free", charges: scaleCharges(offer.charges, ZERO) }
      : undefined,
  );
  return { catalog: next, models, said: `models.dev says 0 for ${models.length} of ${OPENROUTER}'s paid models.` };
}

function vanish(catalog: Catalog, random: Random): StepResult {
  const models = sampleModels(catalog, random, 8, { seller: OPENROUTER });
  const next = hideOffers(catalog, FEEDS, (offer) => offer.seller === OPENROUTER && models.includes(offer.model));
  return { catalog: next, models, said: `${models.length} of ${OPENROUTER}'s models vanished from every feed.` };
}

const DROPPED = "groq";

function dropSeller(catalog: Catalog, random: Random): StepResult {
  const own = listPriced(catalog, { seller: DROPPED });
  const keys = new Set(random.sample(own, Math.ceil(own.length * 0.4)).map(marketOfferKey));
  const next = hideOffers(catalog, ["models-dev"], (offer) => keys.has(marketOfferKey(offer)));
  const models = own.filter((offer) => keys.has(marketOfferKey(offer))).map((offer) => offer.model);
  return {
    catalog: next,
    models,
    said: `models.dev lost ${models.length} of ${DROPPED}'s ${own.length} models at once.`,
  };
}

function cutPrice(catalog: Catalog, random: Random): StepResult {
  const models = sampleModels(catalog, random, 1, { seller: OPENROUTER });
  const next = movePrices(showAll(catalog), new Map(models.map((model) => [model, decimal("0.25")])));
  return {
    catalog: next,
    models,
    said: `They are back; ${models.join()} really became 75 % cheaper, and every feed says so.`,
  };
}

const faulty =
  (said: string, ...faults: FaultInput[]): ScriptStep["run"] =>
  (catalog) => ({ catalog, said, faults });

/**
 * The day, in order. A step's faults end with the next step. After the last step the day begins again,
 * with other draws.
 */
export const SCRIPT: readonly ScriptStep[] = [
  { name: "prices-move", run: moveSome },
  { name: "new-models", run: launchThree },
  { name: "unit-mistake", run: mistakeUnits },
  {
    name: "mistake-corrected",
    run: (catalog) => ({ catalog: correctOffers(catalog, ["litellm"]), said: "LiteLLM corrected the mistake." }),
  },
  {
    name: "outage",
    run: faulty("OpenRouter is down: every request gets 503.", { feed: "openrouter", kind: "status", status: 503 }),
  },
  {
    name: "recovered-slow",
    run: faulty("OpenRouter is back; models.dev takes 3 seconds over its next answer.", {
      feed: "models-dev",
      kind: "delay",
      delayMs: 3_000,
      times: 1,
    }),
  },
  {
    name: "rate-limit",
    run: faulty("LiteLLM's next request gets 429 with Retry-After: 2.", {
      feed: "litellm",
      kind: "rate-limit",
      retryAfterSeconds: 2,
      times: 1,
    }),
  },
  {
    name: "truncated",
    run: faulty("models.dev's JSON ends in the middle.", { feed: "models-dev", kind: "truncate", keepPercent: 60 }),
  },
  { name: "vanished", run: vanish },
  {
    name: "reappeared",
    run: (catalog) => ({ catalog: showAll(catalog), said: "The vanished models are back." }),
  },
  {
    name: "half-list",
    run: faulty("OpenRouter's list holds less than half of its models.", {
      feed: "openrouter",
      kind: "half",
      keepPercent: 45,
    }),
  },
  { name: "false-zero", run: forgetPrices },
  {
    name: "zero-corrected",
    run: (catalog) => ({
      catalog: correctOffers(catalog, ["models-dev"]),
      said: "models.dev states the prices again.",
    }),
  },
  { name: "seller-drops-models", run: dropSeller },
  { name: "real-price-cut", run: cutPrice },
  {
    name: "bad-entries",
    run: faulty("LiteLLM's list has four bad entries among the good ones.", { feed: "litellm", kind: "bad-entries" }),
  },
  { name: "quiet", run: (catalog) => ({ catalog, said: "Nothing happened." }) },
];
