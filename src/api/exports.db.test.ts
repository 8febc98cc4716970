import { request } from "node:http";
import { calcPrice, updatePrices, waitForUpdate, type Provider } from "@pydantic/genai-prices";
import { estimateCost, fetchModels } from "tokenlens";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import { DOCUMENT_KINDS, type DocumentKind } from "#/sources/documents/document.ts";
import { CATALOGUE_DOCUMENTS } from "#/testing/catalogue-documents.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { ACTOR, fetched, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let url: string;
let viewerKey: string;
const served = new Map<DocumentKind, string>(Object.entries(CATALOGUE_DOCUMENTS) as [DocumentKind, string][]);

beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  url = await doors.listen();
  await world.startWorker();
  for (const kind of DOCUMENT_KINDS) await world.addSource(kind, () => fetched(served.get(kind) ?? ""), kind);
  await sync();
  const headers = { authorization: `Bearer ${DOORS_KEY}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "gateway", role: "viewer" });
  const made = await fetch(`${url}/api/trpc/access.createKey`, { method: "POST", headers, body });
  viewerKey = ((await made.json()) as { result: { data: { key: string } } }).result.data.key;
});
afterAll(async () => {
  await doors.close();
  await world.close();
});

async function sync(): Promise<void> {
  const { jobId } = await world.trigger({ sources: [...DOCUMENT_KINDS] });
  expect(await world.ended(jobId)).toMatchObject({ status: "success" });
  await doors.prices.refresh();
}

async function exported(path: string) {
  const answer = await fetch(`${url}/v1/export/${path}`, { headers: { authorization: `Bearer ${viewerKey}` } });
  expect(answer.status, path).toBe(200);
  return { text: await answer.text(), headers: answer.headers };
}

/** Asks an address as LiteLLM does: the key is in it, no header is sent, and the answer has to come within 5 s. */
function loadAsLitellm(path: string, entriesOfBackup: number): Promise<Record<string, Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { auth: `gateway:${viewerKey}`, timeout: 5_000 }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => {
        const map: unknown = answer.statusCode === 200 ? JSON.parse(text) : undefined;
        const isMap = typeof map === "object" && map !== null && !Array.isArray(map);
        if (!isMap || Object.keys(map).length < entriesOfBackup / 2)
          reject(new Error(`refused: ${text.slice(0, 200)}`));
        else resolve(map as Record<string, Record<string, unknown>>);
      });
    });
    asked.once("timeout", () => asked.destroy(new Error("too late")));
    asked.once("error", reject);
    asked.end();
  });
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

test("a loader that does what LiteLLM's does takes the export, with every entry of the original", async () => {
  const original = JSON.parse(CATALOGUE_DOCUMENTS.litellm) as object;
  expect(await loadAsLitellm("/v1/export/litellm", Object.keys(original).length)).toEqual(original);
  const map = await loadAsLitellm("/v1/export/litellm?add=provider", 1);
  expect(map["acme/plain"]).toMatchObject({ provider: "acme", litellm_provider: "acme", mode: "chat" });
  await expect(loadAsLitellm("/v1/export/litellm", 100)).rejects.toThrow("refused");
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
  await setPin(world.db, ACTOR, { ...key, charges, reason: "our contract" });
  const dear = CATALOGUE_DOCUMENTS.litellm
    .replace(
      '"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05',
      '"input_cost_per_token": 0.003, "output_cost_per_token": 0.015',
    )
    .replace(
      '"ollama/local"',
      '"acme/first": { "litellm_provider": "acme", "input_cost_per_token": 0.9, "output_cost_per_token": 2.7, "mode": "chat" },\n    "ollama/local"',
    );
  served.set("litellm", dear);
  await sync();
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
