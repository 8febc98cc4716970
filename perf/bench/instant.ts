/**
 * Times one rate at an instant of a long past, by its key, against the very statement that it sends, through the driver alone.
 *
 *   node perf/bench/instant.ts            10 million rows, some four minutes
 *   node perf/bench/instant.ts --quick    100,000 rows
 */
import { drizzle } from "drizzle-orm/postgres-js";
import { listPricesInForce } from "#/book/list-rates.ts";
import type { Db } from "#/platform/database.ts";
import { indexSellers } from "#/price/sellers.ts";
import { quantile } from "../quantile.ts";
import { openBook } from "./bare-answers.ts";
import { runBench, type Bench } from "./run-bench.ts";
import { reportRatio, takeTurns, timeOf } from "./take-turns.ts";

const TARGET = { instant: 1.3, instantP99Ms: 10 };

async function measureInstant(bench: Bench): Promise<void> {
  const rates = 100_000;
  const rows = bench.isQuick ? rates : 10_000_000;
  const steps = rows / rates;
  const { database } = await openBook(bench, "long", { rates, steps });
  await database.sql.unsafe("vacuum analyze rates");
  const sent: { query: string; params: unknown[] }[] = [];
  const db: Db = drizzle(database.sql, { logger: { logQuery: (query, params) => void sent.push({ query, params }) } });
  const sellers = indexSellers([]);
  const keyOf = (turn: number) => {
    const model = 1 + ((turn * 7_919) % rates);
    const key = { seller: `seller-${model % 10}`, model: `vendor/model-${model}`, variant: "default" };
    const at = new Date(Date.now() - (1 + ((turn * 31) % Math.max(1, steps - 1))) * 3_600_000).toISOString();
    return { ...key, at, limit: 1_000, sellers };
  };
  const turns = await takeTurns(
    { rounds: 500 },
    {
      async floor(round) {
        // Once for the statement, and so that both that are timed find its pages in memory.
        sent.length = 0;
        await listPricesInForce(db, keyOf(Math.abs(round)));
        const [statement] = sent;
        if (statement === undefined || sent.length !== 1) throw new Error("a rate is read by one statement");
        return timeOf(() => database.sql.unsafe(statement.query, statement.params as string[]));
      },
      ours: (round) => timeOf(() => listPricesInForce(db, keyOf(Math.abs(round)))),
    },
  );
  const what = `one rate at an instant of ${rows.toLocaleString("en")} rows`;
  reportRatio(bench, turns, { what, ours: "ours", floor: "its own SQL", unit: "ms", most: TARGET.instant });
  bench.report({ what: "  p99", value: quantile(turns.ours, 0.99), unit: "ms", most: TARGET.instantP99Ms });
}

await runBench("A rate at an instant", measureInstant);
