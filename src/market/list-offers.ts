import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import type { MarketOffer } from "#/market/market-offer.ts";
import type { ModelFacts } from "#/market/model-facts.ts";
import { priceModel, scaleCharges, serviceCharges } from "#/market/price-model.ts";
import { createRandom } from "#/market/random.ts";
import { OPENROUTER, SELLERS, type Seller } from "#/market/seller.ts";

const HALF = decimal("0.5");
const DOUBLE = decimal("2");

const FREE: readonly Charge[] = [
  { meter: "input", unit: "token", amount: decimal("0") },
  { meter: "output", unit: "token", amount: decimal("0") },
];

function isMaker(seller: Seller, model: ModelFacts): boolean {
  return typeof seller.sells === "object" && seller.sells.makers[0] === model.maker;
}

function mightSell(seller: Seller, model: ModelFacts): boolean {
  if (seller.sells === "all") return true;
  if (seller.sells === "open") return model.traits.has("open");
  return seller.sells.makers.includes(model.maker);
}

type Sale = Readonly<{ seed: number; seller: Seller; model: ModelFacts; asked: readonly Charge[] }>;

function openrouterOffers({ seed, seller, model, asked }: Sale): MarketOffer[] {
  const random = createRandom(seed, "openrouter-variants", model.id);
  const sold = { seller: seller.id, model: model.id };
  const offers: MarketOffer[] = [{ ...sold, variant: "default", state: "priced", charges: asked }];
  if (model.traits.has("open") && random.chance(8))
    offers.push({ ...sold, variant: "free", state: "free", charges: FREE });
  if (model.traits.has("batch") && random.chance(25))
    offers.push({ ...sold, variant: "batch", state: "priced", charges: serviceCharges(asked, HALF) });
  return offers;
}

function makerOffers({ seller, model, asked }: Sale): MarketOffer[] {
  const sold = { seller: seller.id, model: model.id };
  if (model.traits.has("free-at-maker")) return [{ ...sold, variant: "default", state: "free", charges: FREE }];
  const offers: MarketOffer[] = [{ ...sold, variant: "default", state: "priced", charges: asked }];
  const service = (variant: string, factor: typeof HALF): void =>
    void offers.push({ ...sold, variant, state: "priced", charges: serviceCharges(asked, factor) });
  if (model.traits.has("batch")) service("batch", HALF);
  if (model.traits.has("service-tiers")) service("flex", HALF);
  if (model.traits.has("service-tiers")) service("priority", DOUBLE);
  return offers;
}

function resellerOffers({ seed, seller, model, asked }: Sale): MarketOffer[] {
  const random = createRandom(seed, "sale", seller.id, model.id);
  if (!random.chance(seller.percent)) return [];
  const sold = { seller: seller.id, model: model.id, variant: "default" };
  if (seller.plan) return [{ ...sold, state: "plan", charges: FREE }];
  if (random.chance(3)) return [{ ...sold, state: "unknown", charges: [] }];
  const factor = decimal(
    model.traits.has("open")
      ? random.pick(["0.7", "0.8", "0.85", "0.9", "1", "1.1"])
      : random.pick(["1", "1", "1", "1.05"]),
  );
  return [{ ...sold, state: "priced", charges: scaleCharges(asked, factor) }];
}

function salesOf(sale: Sale): MarketOffer[] {
  if (sale.seller.id === OPENROUTER) return openrouterOffers(sale);
  if (isMaker(sale.seller, sale.model) && !sale.seller.plan && sale.seller.percent === 100) return makerOffers(sale);
  return resellerOffers(sale);
}

/** Every seller's offers of one model. OpenRouter asks what the maker asks. */
export function listOffers(seed: number, model: ModelFacts): MarketOffer[] {
  const asked = priceModel(model, createRandom(seed, "price", model.id));
  return SELLERS.filter((seller) => mightSell(seller, model)).flatMap((seller) =>
    salesOf({ seed, seller, model, asked }),
  );
}
