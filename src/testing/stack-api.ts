import { FEED_PATHS, FEEDS } from "#/market/feed.ts";
import { eventually } from "#/testing/eventually.ts";
import { STACK_KEY } from "#/testing/open-stack.ts";

/** A running server's API, asked with a key of the highest role. Every call throws on an answer that is not 2xx, with its words. */
export type StackApi = Readonly<{
  query: <T>(procedure: string, input?: unknown) => Promise<T>;
  mutate: <T>(procedure: string, input?: unknown) => Promise<T>;
  /** Triggers a sync and waits for its end. */
  sync: (input?: unknown) => Promise<{ jobId: string; status: string }>;
}>;

/** On a machine that is busy with other work. */
const SLOWEST_SYNC_MS = 60_000;

/** The API of the server at `url`. */
export function createStackApi(url: string, key = STACK_KEY): StackApi {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  async function call<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(`${url}/api/trpc/${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const body: { result: { data: T } } = await response.json();
    return body.result.data;
  }
  const api: StackApi = {
    query: (procedure, input) =>
      call(`${procedure}${input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`}`, {}),
    mutate: (procedure, input = {}) => call(procedure, { method: "POST", body: JSON.stringify(input) }),
    async sync(input) {
      const { jobId } = await api.mutate<{ jobId: string }>("syncs.trigger", input);
      const status = await eventually(
        "the sync has ended",
        async () => {
          const sync = await api.query<{ status: string }>("syncs.get", { jobId });
          return !/queued|running/.test(sync.status) && sync.status;
        },
        SLOWEST_SYNC_MS,
      );
      return { jobId, status };
    },
  };
  return api;
}

/** Puts the feeds of a simulated market into the place of all sources. */
export async function addMarketSources(api: StackApi, marketUrl: string): Promise<void> {
  const { sources } = await api.query<{ sources: { name: string }[] }>("sources.list");
  for (const { name } of sources) await api.mutate("sources.disable", { name, reason: "the market stands in" });
  for (const feed of FEEDS)
    await api.mutate("sources.add", { name: `market-${feed}`, kind: feed, url: marketUrl + FEED_PATHS[feed] });
}

/** A price of the simulated market, for pages that need one in their address. Throws when it is not there. */
export async function findMarketPrice(api: StackApi): Promise<Readonly<{ seller: string; model: string }>> {
  const { rates } = await api.query<{ rates: { seller: string; model: string }[] }>("prices.list", {
    search: "anthropic claude",
    state: "priced",
    limit: 1,
  });
  const [rate] = rates;
  if (rate === undefined) throw new Error("the market has no price of the model whose page is looked at");
  return { seller: rate.seller, model: rate.model };
}
