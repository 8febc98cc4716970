import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiDeps } from "#/api/trpc.ts";
import type { BookMark } from "#/book/book-mark.ts";
import {
  namesNewer,
  namesTag,
  unchangedHeaders,
  type Answer,
  type AnswerCache,
  type Question,
} from "#/serve/answer-cache.ts";
import type { PresentBook } from "#/serve/snapshot.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The present book, in the scope of the routes that answer prices. */
    book: PresentBook;
    question: Question;
  }
}

/** A version of the book. */
export const bookVersion = z.string().regex(/^\d{1,18}$/, "a version, such as 12");
export const minVersion = bookVersion.optional().meta({
  description: "Answer from this version of the book or a newer one; 503 when the server does not have it yet",
});

type Answering = Readonly<{
  answers: AnswerCache;
  /** Names all that an answer is made of, beside the address that was asked for. */
  bookOf: (mark: BookMark, request: FastifyRequest) => string;
}>;

/**
 * Finds out what a request asks of which book. Who has the answer already is told so, and an answer that is there is sent as it is:
 * neither asks the database anything.
 */
export function answerFromBook(scope: FastifyInstance, { prices }: ApiDeps, { answers, bookOf }: Answering): void {
  scope.addHook("onRequest", async (request, reply) => {
    const wanted = findMinVersion(request);
    const found = (wanted === undefined ? prices.current() : undefined) ?? (await prices.read(wanted));
    const known = request.headers["if-none-match"];
    // Another server was ahead of this one: nobody is led back to an older book unless that is the book now, after a restore.
    const book = namesNewer(known, found.mark.version) ? await prices.confirm() : found;
    const { mark, staleSeconds } = book;
    const encoding = answers.negotiate(request.headers["accept-encoding"]);
    const question = { url: request.url, encoding, book: bookOf(mark, request), version: mark.version };
    request.book = book;
    request.question = question;
    if (staleSeconds !== undefined) sayStale(reply, staleSeconds);
    const { tag, answer } = answers.look(question);
    if (namesTag(known, tag)) {
      await reply.headers(unchangedHeaders(tag, mark.version)).code(304).send();
      return;
    }
    if (answer !== undefined) await send(reply, answer);
  });
}

/** Sends an answer that is there. */
export function send(reply: FastifyReply, { headers, body }: Answer): FastifyReply {
  return reply.headers(headers).send(body);
}

function findMinVersion({ query }: FastifyRequest): string | undefined {
  const wanted: unknown = typeof query === "object" && query !== null ? Reflect.get(query, "min_version") : undefined;
  return wanted === undefined ? undefined : bookVersion.safeParse(wanted).data;
}

/** RFC 9111 still understands the code 110 of older caches. */
function sayStale(reply: FastifyReply, seconds: number): void {
  const words = `110 ratebook "The database can't be reached; these prices are ${seconds} s old"`;
  void reply.headers({ age: seconds, warning: words });
}
