import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z, ZodError } from "zod";
import { answerFeed } from "#/market/answer-feed.ts";
import { createDocumentCache } from "#/market/document-cache.ts";
import { faultRequestSchema } from "#/market/fault.ts";
import { FEED_PATHS, FEEDS } from "#/market/feed.ts";
import { createMarket, type Market } from "#/market/market.ts";
import { priceRequestSchema } from "#/market/price-request.ts";
import type { Exchange } from "#/market/send-document.ts";

export type MarketOptions = Readonly<{
  /** Default 7. */
  seed?: number;
  /** Distinct models; default 320. About 655 give 10,900 offers across the feeds. */
  models?: number;
  /** Default 0: any free port. */
  port?: number;
  /** A loopback address; default 127.0.0.1. */
  host?: string;
}>;

/** `url` has no slash at its end. `close` cuts open connections. */
export type OpenMarket = Readonly<{ url: string; close: () => Promise<void> }>;

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

const optionsSchema = z.object({
  seed: z.int().default(7),
  models: z.int().min(1).max(20_000).default(320),
  port: z.int().min(0).max(65_535).default(0),
  host: z
    .string()
    .refine((host) => LOOPBACK.has(host), "the market binds loopback only")
    .default("127.0.0.1"),
});

function openExchange(request: FastifyRequest, reply: FastifyReply): Exchange {
  const closed = new AbortController();
  void reply.hijack();
  reply.raw.once("close", () => closed.abort());
  return { request: request.raw, response: reply.raw, closed: closed.signal };
}

const feedQuerySchema = z.object({ hop: z.coerce.number().int().optional() });

function addFeeds(app: FastifyInstance, market: Market): void {
  const deps = { market, documentOf: createDocumentCache() };
  for (const feed of FEEDS) {
    app.get(FEED_PATHS[feed], async (request, reply) => {
      const { hop } = feedQuerySchema.parse(request.query);
      const exchange = openExchange(request, reply);
      // A reader that hangs up ends its own answer; nobody is left to tell.
      await answerFeed(deps, exchange, feed, hop).catch(() => exchange.response.destroy());
    });
  }
}

const clearQuerySchema = z.strictObject({ feed: z.enum(FEEDS).optional() });

function addControls(app: FastifyInstance, market: Market): void {
  app.get("/market", () => market.state());
  app.post("/market/step", () => market.step());
  app.post("/market/reset", () => {
    market.reset();
    return market.state();
  });
  app.post("/market/faults", (request) => {
    market.setFault(faultRequestSchema.parse(request.body));
    return { faults: market.faults.list() };
  });
  app.delete("/market/faults", (request) => {
    market.faults.clear(clearQuerySchema.parse(request.query).feed);
    return { faults: market.faults.list() };
  });
  app.put("/market/prices", (request, reply) => {
    const asked = priceRequestSchema.parse(request.body);
    const listings = market.setPrice(asked);
    if (listings) return { listings };
    return reply.code(404).send(errorBody("not_found", `no feed in question lists ${asked.model} (${asked.variant})`));
  });
}

type ErrorBody = Readonly<{ error: Readonly<{ code: string; message: string }> }>;

function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } };
}

const clientErrorSchema = z.object({ statusCode: z.int().min(400).max(499), message: z.string() });

function addErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody("not_found", `no such address: ${request.method} ${request.url}`)),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ZodError) return reply.code(400).send(errorBody("invalid", z.prettifyError(error)));
    const known = clientErrorSchema.safeParse(error);
    if (known.success) return reply.code(known.data.statusCode).send(errorBody("invalid", known.data.message));
    return reply.code(500).send(errorBody("internal", "the market failed"));
  });
}

/**
 * Serves the simulated market over HTTP: its feeds, and `/market` to steer it.
 * Throws a `ZodError` on options out of range, and what `listen` throws.
 */
export async function openMarket(options: MarketOptions = {}): Promise<OpenMarket> {
  const { seed, models, port, host } = optionsSchema.parse(options);
  const market = createMarket({ seed, models });
  const app = fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  addErrors(app);
  addControls(app, market);
  addFeeds(app, market);
  const url = await app.listen({ port, host });
  return { url, close: () => app.close() };
}
