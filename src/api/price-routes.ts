import compress from "@fastify/compress";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { exportPrices, EXPORT_FORMATS } from "#/api/export-prices.ts";
import { problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { listPricesInForce, priceInForce, readBookMark } from "#/book/list-rates.ts";
import { modelSuggestion } from "#/book/suggest-models.ts";

const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });
const name = z.string().min(1).max(512).optional();

const priceQuery = z.object({
  seller: name.meta({ description: "Exactly this seller" }),
  model: name.meta({ description: "Exactly this model, as its seller spells it" }),
  variant: name.meta({ description: "`default`, `batch`, `flex`, `priority`, …" }),
  at: instant.optional().meta({ description: "The prices at this instant; now when absent" }),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
  cursor: z
    .string()
    .max(4_000)
    .optional()
    .meta({ description: "`next_cursor` of the page before; it keeps its version" }),
});
const pricePage = z.object({
  version: z.string().meta({ description: "The book's version; all pages that follow each other are of it" }),
  at: z.string().nullable().meta({ description: "The instant that was asked for; null for the present" }),
  prices: z.array(priceInForce),
  next_cursor: z.string().nullable(),
  did_you_mean: z.array(modelSuggestion).optional().meta({
    description: "Only when nothing is known of the `model` that was asked for: ids that may have been meant",
  }),
});
const document = z.string();

/** For gateways: what is in force, pins in, held prices out, unknown never 0. Asked again unchanged, it answers 304. */
export async function installPriceRoutes(scope: FastifyInstance, { db }: ApiDeps): Promise<void> {
  await scope.register(compress, { encodings: ["br", "gzip"], threshold: 1_024 });
  scope.addHook("onRequest", async (_request, reply) => void reply.header("cache-control", "private, no-cache"));
  // The answer is named by the book's version before it is read: who has that one is told so.
  scope.addHook("preHandler", async (request, reply) => {
    const tag = `W/"v${(await readBookMark(db)).mark}"`;
    void reply.header("etag", tag);
    const known = request.headers["if-none-match"]?.split(",").map((one) => one.trim()) ?? [];
    if (known.includes(tag)) await reply.code(304).send();
  });
  const routes = scope.withTypeProvider<ZodTypeProvider>();

  routes.get("/v1/prices", {
    config: { action: "prices.list" },
    schema: {
      tags: ["prices"],
      summary: "Prices in force, page by page, all of one instant",
      description: "Amounts are exact decimals in USD per one unit, as text.",
      querystring: priceQuery,
      response: { 200: pricePage, ...problems(401, 403, 422) },
    },
    handler: async ({ query }) => {
      const { version, at, prices, nextCursor, didYouMean } = await listPricesInForce(db, query);
      const suggested = didYouMean === undefined ? {} : { did_you_mean: didYouMean };
      return { version, at, prices, next_cursor: nextCursor, ...suggested };
    },
  });

  routes.get("/v1/export/:format", {
    config: { action: "prices.export" },
    schema: {
      tags: ["prices"],
      summary: "All prices in force in a gateway's own shape",
      params: z.object({ format: z.enum(EXPORT_FORMATS) }),
      querystring: z.object({ at: instant.optional() }),
      response: {
        200: {
          description: "The document, of one instant (`x-ratebook-as-of`) and version (`x-ratebook-version`)",
          content: { "application/json": { schema: document }, "text/csv": { schema: document } },
        },
        ...problems(401, 403, 422),
      },
    },
    handler: async ({ params: { format }, query }, reply) => {
      const { text, type, omitted, at, version } = await exportPrices(db, { format, at: query.at });
      void reply.header("x-ratebook-as-of", at).header("x-ratebook-version", version);
      void reply.header("x-ratebook-omitted-charges", String(omitted));
      return reply.type(type).send(text);
    },
  });
}
