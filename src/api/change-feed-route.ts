import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { answerFromBook, bookVersion, minVersion, send } from "#/api/answer-from-book.ts";
import { problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { laterVersion, listNewestMoves } from "#/book/list-changes-after.ts";
import { bookOfPrices } from "#/serve/answer-cache.ts";
import { ATOM_TYPE, writeChangeFeed } from "#/serve/write-change-feed.ts";

const feedQuery = z.object({
  after: bookVersion.default("0").meta({ description: "Only what came after this version" }),
  min_version: minVersion,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** For readers of feeds: the newest changes of prices as Atom. Its links begin with `PUBLIC_URL`, or where the request came to. */
export function installChangeFeed(scope: FastifyInstance, deps: ApiDeps): void {
  const { answers, db, alerts } = deps;
  const originOf = ({ protocol, host }: FastifyRequest) =>
    alerts.publicUrl?.replace(/\/+$/, "") ?? `${protocol}://${host}`;
  answerFromBook(scope, deps, {
    answers,
    bookOf: (mark, request) => `${bookOfPrices(mark)} ${originOf(request)}`,
  });
  scope.withTypeProvider<ZodTypeProvider>().get("/v1/changes.atom", {
    config: { action: "prices.changes", isPriceRead: true, isData: true },
    schema: {
      tags: ["prices"],
      operationId: "prices.changeFeed",
      summary: "The newest changes of prices as an Atom feed, for readers of feeds",
      description:
        "An entry's id names the version and the price, so it never changes. The newest version comes first.",
      querystring: feedQuery,
      response: {
        200: { description: "RFC 4287", content: { "application/atom+xml": { schema: z.string() } } },
        ...problems(401, 403, 410, 422, 429),
      },
    },
    handler: async (request, reply: FastifyReply) => {
      const { query, book, question } = request;
      const { version } = book.mark;
      const until = laterVersion(query.after, version);
      const moves = await listNewestMoves(db, { after: query.after, until, limit: query.limit });
      const text = writeChangeFeed({ origin: originOf(request), path: request.url, moves });
      const headers = { "content-type": ATOM_TYPE, "x-ratebook-version": version };
      return send(reply, await answers.keep(question, { headers, text }));
    },
  });
}
