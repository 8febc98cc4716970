import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { bookVersion, minVersion } from "#/api/answer-from-book.ts";
import { actorOf, problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { laterVersion, listChangesAfter, placeAfter, rateMove } from "#/book/list-changes-after.ts";
import { followChanges, type ChangeMessage } from "#/serve/follow-changes.ts";
import { AppError } from "#/platform/errors.ts";

const after = bookVersion.meta({ description: "The version that is known already: what came after it is answered" });
const changePage = z.object({
  version: z
    .string()
    .meta({ description: "The version up to which the pages tell everything, this one and those that follow" }),
  changes: z.array(rateMove),
  next_cursor: z.string().nullable(),
});

/** `until` and the reader's place, as `VERSION.VERSION.COUNT`. */
const CURSOR = /^(\d{1,18})\.(\d{1,18})\.(\d{1,9})$/;

/** For those who keep prices themselves: what has changed since a version, page by page and as a stream. */
export function installChangeRoutes(scope: FastifyInstance, deps: ApiDeps): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  routes.get("/v1/changes", {
    config: { action: "prices.changes", isPriceRead: true },
    schema: {
      tags: ["prices"],
      summary: "What has changed in the prices in force since a version, in the order of versions",
      querystring: z.object({
        after,
        min_version: minVersion,
        limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
        cursor: z
          .string()
          .regex(CURSOR, "start again without it")
          .optional()
          .meta({ description: "`next_cursor` of the page before" }),
      }),
      response: { 200: changePage, ...problems(401, 403, 410, 422, 429) },
    },
    handler: async ({ query }, reply) => {
      const { mark } = await deps.prices.read(query.min_version);
      const [, last, version, told] = CURSOR.exec(query.cursor ?? "") ?? [];
      const place = version === undefined ? { version: query.after, told: 0 } : { version, told: Number(told) };
      const page = { until: last ?? laterVersion(query.after, mark.version), limit: query.limit };
      const changes = await listChangesAfter(deps.db, place, page);
      const next = placeAfter(place, changes, page);
      void reply.headers({ "cache-control": "private, no-cache", "x-ratebook-version": page.until });
      const isLast = next.version === page.until;
      return {
        version: page.until,
        changes,
        next_cursor: isLast ? null : `${page.until}.${next.version}.${next.told}`,
      };
    },
  });
  installStream(scope, deps);
}

function installStream(scope: FastifyInstance, deps: ApiDeps): void {
  scope.withTypeProvider<ZodTypeProvider>().get("/v1/changes/stream", {
    config: { action: "prices.followChanges", isPriceRead: true },
    schema: {
      tags: ["prices"],
      summary: "The same as server-sent events, for as long as the connection lasts",
      description:
        "An event `change` for each change, and an event `version` when all changes of a version have been told; its id is the " +
        "version. Connect again with `Last-Event-ID`, and nothing is missed or told twice.",
      querystring: z.object({ after: after.optional() }),
      headers: z.object({ "last-event-id": bookVersion.optional() }),
      response: {
        200: { description: "Events", content: { "text/event-stream": { schema: z.string() } } },
        ...problems(401, 403, 410, 422, 429),
      },
    },
    handler: async (request, reply) => {
      const version = request.headers["last-event-id"] ?? request.query.after;
      if (version === undefined) throw new AppError("INVALID", "after: the version after which to begin, such as 12");
      // Refused in words before the stream begins.
      await deps.prices.read();
      await listChangesAfter(deps.db, { version, told: 0 }, { until: version, limit: 1 });
      const { ended, release } = deps.credentials.watch(actorOf(request), "prices.followChanges");
      const gone = new AbortController();
      request.raw.once("close", () => gone.abort());
      const signal = AbortSignal.any([deps.draining, ended, gone.signal]);
      const events = writeEvents(followChanges(deps, { after: version, signal }), signal, release);
      void reply
        .type("text/event-stream; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-accel-buffering", "no");
      return reply.send(Readable.from(events) as unknown as string);
    },
  });
}

/** Ends without a word when the server stops or the key has ended: whoever is still there connects again. */
async function* writeEvents(
  messages: AsyncIterable<ChangeMessage>,
  signal: AbortSignal,
  release: () => void,
): AsyncGenerator<string, void> {
  try {
    yield ": connected\n\n";
    for await (const message of messages) yield writeEvent(message);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    release();
  }
}

function writeEvent(message: ChangeMessage): string {
  if (message.is === "silence") return ": nothing new\n\n";
  if (message.is === "change") return `event: change\ndata: ${JSON.stringify(message.move)}\n\n`;
  return `id: ${message.version}\nevent: version\ndata: ${JSON.stringify({ version: message.version })}\n\n`;
}
