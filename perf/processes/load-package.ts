/**
 * Loads one way to work out a cost, in a process of its own, until it has answered its first question, and prints what that took.
 *
 *   node perf/processes/load-package.ts NAME [DATABASE_URL]
 */
import { measureHeap } from "#/testing/measure-heap.ts";

const [, , name = "", databaseUrl = ""] = process.argv;
const usage = { input_tokens: 1_000, output_tokens: 500 };

/** What is loaded is kept until it has been weighed. */
const LOADERS: Readonly<Record<string, () => Promise<unknown>>> = {
  async ours() {
    const { openDatabase } = await import("#/platform/database.ts");
    const { readPresentRates } = await import("#/book/present-rates.ts");
    const { createRateTable } = await import("#/serve/rate-table.ts");
    const { createFindPresent } = await import("#/serve/find-present.ts");
    const { quoteRate } = await import("#/price/quote.ts");
    const database = openDatabase(databaseUrl, { max: 1, name: "bench" });
    const found = await readPresentRates(database.db);
    await database.close();
    const table = "whole" in found ? createRateTable(found.whole) : undefined;
    if (table === undefined) throw new Error("the book is empty");
    const find = createFindPresent({ current: () => ({ rates: table }) });
    const [rate] = find({ model: "vendor/model-1", seller: undefined, variant: "default" }) ?? [];
    if (rate === undefined) throw new Error("the book is empty");
    quoteRate(rate, { input: 1_000, output: 500 }, { at: new Date().toISOString() });
    return table;
  },
  async "@pydantic/genai-prices"() {
    const genai = await import("@pydantic/genai-prices");
    genai.calcPrice(usage, "gpt-4o", { providerId: "openai" });
    return genai;
  },
  async tokenlens() {
    const tokenlens = await import("tokenlens");
    const catalog = {
      openai: { id: "openai", models: { "gpt-4o": { id: "gpt-4o", name: "", cost: { input: 2.5, output: 10 } } } },
    };
    tokenlens.estimateCost({ modelId: "openai:gpt-4o", usage, catalog });
    return tokenlens;
  },
  async "ai-sdk-cost-calculator"() {
    const calculator = await import("ai-sdk-cost-calculator");
    calculator.getModelPricing("openai", "gpt-4o");
    return calculator;
  },
};

const before = await measureHeap();
const start = performance.now();
const loaded = await LOADERS[name]?.();
const ms = performance.now() - start;
const mib = (await measureHeap()) - before;
process.stdout.write(
  `loaded ${loaded === undefined ? "nothing" : "it"} {"ms":${ms.toFixed(1)},"mib":${mib.toFixed(2)}}\n`,
);
