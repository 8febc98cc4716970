import { request } from "undici";
import type { Figure } from "../figure.ts";
import { load } from "../load.ts";
import { quantile } from "../quantile.ts";
import type { Place } from "./place.ts";
import { timed, type Scenario } from "./scenario.ts";

const headersOf = ({ key }: Place) => ({ authorization: `Bearer ${key}` });

async function ask(place: Place, path: string, headers: Record<string, string> = {}) {
  const answer = await request(place.url + path, { headers: { ...headersOf(place), ...headers } });
  const bytes = (await answer.body.arrayBuffer()).byteLength;
  return { status: answer.statusCode, bytes, etag: String(answer.headers.etag) };
}

/** What each page and each kind of client reads. */
const READS = {
  "overview: sources": "/api/trpc/sources.list",
  "overview: what runs": "/api/trpc/syncs.active",
  "overview: changes a day": "/api/trpc/prices.changesPerDay?input={}",
  "syncs: the list": '/api/trpc/syncs.list?input={"limit":25}',
  "syncs: 30 days": "/api/trpc/syncs.strip?input={}",
  "review: the list": '/api/trpc/review.list?input={"limit":50}',
  "prices: the whole table": "/api/trpc/prices.table?input={}",
  "prices: a page": '/api/trpc/prices.list?input={"limit":100}',
  "REST: a page of prices": "/v1/prices?limit=1000",
  "REST: changes": "/v1/changes?after=0",
  "export: LiteLLM": "/v1/export/litellm",
  "export: OpenRouter": "/v1/export/openrouter",
  "export: CSV": "/v1/export/csv",
} as const;
const READ_ROUNDS = 20;

export const queries: Scenario = {
  name: "queries",
  title: "What pages and exports read, one at a time",
  needsOwn: false,
  async run(place, tell) {
    const figures: Figure[] = [];
    for (const [what, path] of Object.entries(READS)) {
      tell(what);
      const times: number[] = [];
      for (let round = 0; round < READ_ROUNDS; round += 1) {
        const { ms, value } = await timed(() => ask(place, encodeURI(path)));
        if (value.status !== 200) throw new Error(`${path} was answered ${value.status}`);
        // The first one may build what the others find ready.
        if (round > 0) times.push(ms);
      }
      figures.push({ what: `${what}, p95`, value: quantile(times, 0.95), unit: "ms", most: 500 });
    }
    return figures;
  },
};

const KNOWN_READS = 200;

export const etags: Scenario = {
  name: "etags",
  title: "Lookups and exports that the reader has already",
  needsOwn: false,
  async run(place, tell) {
    const figures: Figure[] = [];
    for (const [what, path] of [
      ["export", "/v1/export/litellm"],
      ["lookup", "/v1/prices?limit=1"],
    ] as const) {
      tell(what);
      const { etag } = await ask(place, path);
      let hits = 0;
      for (let turn = 0; turn < KNOWN_READS; turn += 1)
        if ((await ask(place, path, { "if-none-match": etag })).status === 304) hits += 1;
      const known = { ...headersOf(place), "if-none-match": etag };
      const { perSecond, p99Ms } = await load({ url: place.url + path, headers: known, seconds: 3 });
      figures.push(
        { what: `${what}: share answered 304`, value: hits / KNOWN_READS, unit: "", least: 1 },
        { what: `${what}: 304s with 16 clients`, value: perSecond, unit: "/s" },
        { what: `${what}: 304, p99 with 16 clients`, value: p99Ms, unit: "ms", most: 50 },
      );
    }
    return figures;
  },
};
