import Fastify, { type FastifyInstance } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { installQuoteRoutes } from "#/api/quote-routes.ts";
import { readJsonBodies } from "#/api/rest-route.ts";
import type { Db } from "#/platform/database.ts";
import type { QuotableRate } from "#/price/quote.ts";
import { indexSellers } from "#/price/sellers.ts";
import { createRateTable } from "#/serve/rate-table.ts";
import type { Bench } from "./run-bench.ts";

/** The route of quotes alone, with one rate in memory, whatever is asked for. It does not listen yet. */
export async function openQuoteServer(bench: Bench, rate: QuotableRate): Promise<{ app: FastifyInstance; db: Db }> {
  const { db } = bench.connect(await bench.createDatabase("quotes"));
  const book = { sellers: indexSellers(), rates: createRateTable([]) };
  const app = Fastify();
  bench.onClose("http", () => app.close());
  app.setSerializerCompiler(serializerCompiler);
  await app.register(async (scope) => {
    readJsonBodies(scope);
    installQuoteRoutes(scope, {
      db,
      readPast: (work) => work(db),
      findPresent: () => [rate],
      prices: { current: () => book },
    });
  });
  return { app, db };
}
