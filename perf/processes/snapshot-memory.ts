// Loads the prices in force of a book, as a server does, and prints what they take. For `perf/bench/serving.ts`.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readPresentRates } from "#/book/present-rates.ts";
import { openDatabase } from "#/platform/database.ts";
import { createRateTable } from "#/serve/rate-table.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const used = () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const { db } = openDatabase(process.argv[2] ?? "", { max: 1, name: "bench" });
const before = used();
const found = await readPresentRates(db);
const table = "whole" in found ? createRateTable(found.whole) : undefined;
const after = used();
process.stdout.write(`${table?.all().length ?? 0} rates\nMiB ${((after - before) / 1_048_576).toFixed(1)} \n`);
// Still there while it was measured.
process.stdout.write(`${table?.ofModel("").length ?? 0}\n`);
setInterval(() => {}, 1_000);
