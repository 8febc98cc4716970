import { calcPrice, updatePrices, waitForUpdate, type Provider } from "@pydantic/genai-prices";
import { estimateCost, fetchModels } from "tokenlens";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import { DOCUMENT_KINDS } from "#/sources/documents/document.ts";
import { CATALOGUE_DOCUMENTS } from "#/testing/catalogue-documents.ts";
import { openExports } from "#/testing/open-exports.ts";
import { ACTOR } from "#/testing/sync-world.ts";

let opened: Awaited<ReturnType<typeof openExports>>;
let url: string;
let viewerKey: string;

beforeAll(async () => {
  opened = await openExports();
  ({ url, viewerKey } = opened);
});
afterAll(() => opened.close());

async function exported(path: string) {
  const answer = await fetch(`${url}/v1/export/${path}`, { headers: { authorization: `Bearer ${viewerKey}` } });
  expect(answer.status, path).toBe(200);
  return { text: await answer.text(), headers: answer.headers };
}

test("an export is the last good document, byte for byte, while its own prices are in force", async () => {
  for (const kind of DOCUMENT_KINDS) {
    const { text, headers } = await exported(kind);
    expect(text, kind).toBe(CATALOGUE_DOCUMENTS[kind]);
    expect(headers.get("x-ratebook-document")).toBe(kind);
    expect(headers.get("x-ratebook-omitted-charges")).toBe("0");
  }
  // A local model's 0, and a router's price that is none.
  expect((await exported("litellm")).headers.get("x-ratebook-unpriced")).toBe("1");
  expect((await exported("models-dev/api.json")).text).toBe(CATALOGUE_DOCUMENTS["models-dev"]);
});

test("clients from npm calculate the same costs from the export as from the original", async () => {
  const usage = { input_tokens: 250_000, output_tokens: 3_000, cache_read_tokens: 1_000 };
  const costsOf = async (load: () => Promise<unknown>) => {
    updatePrices(({ setProviderData }) => setProviderData(load() as Promise<Provider[]>));
    await waitForUpdate();
    return ["plain-text", "stepped", "dated"].map(
      (model) => calcPrice(usage, model, { providerId: "acme" })?.total_price,
    );
  };
  const genai = "genai-prices" as const;
  const fromExport = await costsOf(async () => JSON.parse((await exported(genai)).text) as unknown);
  expect(fromExport).toEqual(await costsOf(async () => JSON.parse(CATALOGUE_DOCUMENTS[genai]) as unknown));
  expect(fromExport.every((cost) => typeof cost === "number" && cost > 0)).toBe(true);

  const withKey = (target: string) => fetch(target, { headers: { authorization: `Bearer ${viewerKey}` } });
  const catalog = await fetchModels({ fetch: withKey, baseUrl: `${url}/v1/export/models-dev/api.json` });
  const answer = { ok: true, status: 200, statusText: "OK", text: async () => "" };
  const original = await fetchModels({
    fetch: async () => ({ ...answer, json: async () => JSON.parse(CATALOGUE_DOCUMENTS["models-dev"]) as unknown }),
  });
  const tokens = { input_tokens: 1_000, output_tokens: 500 };
  for (const model of ["acme:one", "acme:two"])
    expect(estimateCost({ modelId: model, usage: tokens, catalog })).toEqual(
      estimateCost({ modelId: model, usage: tokens, catalog: original }),
    );
  expect(estimateCost({ modelId: "acme:one", usage: tokens, catalog }).totalUSD).toBeGreaterThan(0);
});

test("a pin is in the export, a held price is not, and a first price that is held is none", async () => {
  const key = { seller: "acme", model: "cheaper", variant: "default" };
  const charges = [
    { meter: "input" as const, unit: "token" as const, amount: "0.0000019" },
    { meter: "output" as const, unit: "token" as const, amount: "0.000008" },
  ];
  await setPin(opened.world.db, ACTOR, { ...key, charges, reason: "our contract" });
  const dear = CATALOGUE_DOCUMENTS.litellm
    .replace(
      '"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05',
      '"input_cost_per_token": 0.003, "output_cost_per_token": 0.015',
    )
    .replace(
      '"ollama/local"',
      '"acme/first": { "litellm_provider": "acme", "input_cost_per_token": 0.9, "output_cost_per_token": 2.7, "mode": "chat" },\n    "ollama/local"',
    );
  opened.served.set("litellm", dear);
  await opened.sync();
  const { text, headers } = await exported("litellm");
  const original = JSON.parse(CATALOGUE_DOCUMENTS.litellm) as Record<string, Record<string, unknown>>;
  expect(JSON.parse(text)).toEqual({
    ...original,
    cheaper: { ...original["cheaper"], input_cost_per_token: 0.0000019 },
    "acme/first": { litellm_provider: "acme", mode: "chat" },
  });
  expect(headers.get("x-ratebook-unpriced")).toBe("2");
  // Before any of this had a price, the document says none.
  const past = JSON.parse((await exported("litellm?at=2020-01-01T00:00:00Z")).text) as typeof original;
  expect(past["tiered"]).toEqual({
    litellm_provider: "acme",
    max_input_tokens: 1_048_576,
    supported_endpoints: ["/v1/chat"],
  });
  expect(past["ollama/local"]).toEqual(original["ollama/local"]);
});

test("entries for prices of other sources are added only when they are asked for, and only at sellers of the document", async () => {
  const plain = JSON.parse((await exported("litellm")).text) as object;
  const { text } = await exported("litellm?add=sellers,provider");
  const more = JSON.parse(text) as Record<string, Record<string, unknown>>;
  const added = Object.keys(more).filter((name) => !(name in plain));
  expect(added.length).toBeGreaterThan(0);
  for (const name of added) expect(more[name]).toMatchObject({ litellm_provider: "acme", provider: "acme" });
  expect(Object.keys(more).slice(0, Object.keys(plain).length)).toEqual(Object.keys(plain));
  const refused = await fetch(`${url}/v1/export/litellm?add=everything`, {
    headers: { authorization: `Bearer ${viewerKey}` },
  });
  expect(refused.status).toBe(422);
});

test("exports of the past wait in a line that has an end: beyond it they are refused, and the present is not", async () => {
  const headers = { authorization: `Bearer ${viewerKey}` };
  const instant = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`;
  const asked = Array.from({ length: 50 }, (_, i) => fetch(`${url}/v1/export/csv?at=${instant(i)}`, { headers }));
  const present = fetch(`${url}/v1/export/litellm?add=sellers`, { headers });
  const answers = await Promise.all(asked);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200).length).toBe(answers.length - refused.length);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(16);
  expect((await present).status).toBe(200);
  expect((await fetch(`${url}/v1/export/csv?at=${instant(59)}`, { headers })).status).toBe(200);
});
