import type { FaultInput } from "#/market/fault.ts";
import type { Feed } from "#/market/feed.ts";
import type { MarketState, StepAnswer } from "#/market/market.ts";
import type { PriceListing, PriceRequestInput } from "#/market/price-request.ts";

/** Steers a market over HTTP. Every call throws on an answer that is not 2xx, with the market's words. */
export type MarketClient = Readonly<{
  state: () => Promise<MarketState>;
  step: () => Promise<StepAnswer>;
  setFault: (fault: FaultInput) => Promise<void>;
  clearFaults: (feed?: Feed) => Promise<void>;
  setPrice: (price: PriceRequestInput) => Promise<{ listings: readonly PriceListing[] }>;
  reset: () => Promise<MarketState>;
}>;

export function createMarketClient(url: string): MarketClient {
  /** The market and its client are one release, so the answer has the type that the market gives it. */
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/market${path}`, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} /market${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    state: () => call("GET", ""),
    step: () => call("POST", "/step"),
    setFault: async (fault) => void (await call("POST", "/faults", fault)),
    clearFaults: async (feed) => void (await call("DELETE", feed ? `/faults?feed=${feed}` : "/faults")),
    setPrice: (price) => call("PUT", "/prices", price),
    reset: () => call("POST", "/reset"),
  };
}
