import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { answerFromBook, minVersion, send } from "#/api/answer-from-book.ts";
import { problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { priceFilter } from "#/book/list-prices.ts";
import { listPricesInForce, priceInForce } from "#/book/list-rates.ts";
import { modelSuggestion, suggestModels } from "#/book/suggest-models.ts";
import { answerOnce, bookOfExports, bookOfPrices, type Answer, type AnswerCache } from "#/serve/answer-cache.ts";
import { AppError } from "#/platform/errors.ts";
import { listPresent } from "#/serve/list-present.ts";
import type { PresentBook } from "#/serve/snapshot.ts";
import { lifecycleHeaders } from "#/serve/lifecycle-headers.ts";
import type { ExportStore } from "#/serve/export-store.ts";
import type { BuiltExport } from "#/serve/build-export.ts";
import { EXPORT_ADDITIONS, type ExportFormat } from "#/serve/write-export.ts";
import { DOCUMENT_KINDS } from "#/sources/documents/document.ts";

const instant = z.iso.datetime({ offset: true, message: "an instant such as 2026-08-01T12:00:00Z" });
const name = z.string().min(1).max(512).optional();
const priceQuery = z.object({
  seller: name.meta({ description: "Exactly this seller, in any spelling" }),
  model: name.meta({ description: "Exactly this model, as its seller spells it" }),
  variant: name.meta({ description: "`default`, `batch`, `flex`, `priority`, …" }),
  at: instant.optional().meta({ description: "The prices at this instant; now when absent" }),
  known_at: instant.optional().meta({ description: "As the book stood at this instant; as it stands now when absent" }),
  min_version: minVersion,
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

/** For gateways: what is in force, pins in, held prices out, unknown never 0. The present is answered from memory. */
export async function installPriceRoutes(scope: FastifyInstance, deps: ApiDeps): Promise<void> {
  const { answers } = deps;
  await scope.register(async (routes) => {
    answerFromBook(routes, deps, { answers, bookOf: bookOfPrices });
    installPrices(routes, deps, answers);
  });
  await scope.register(async (routes) => {
    answerFromBook(routes, deps, { answers, bookOf: bookOfExports });
    installExports(routes, deps, answers);
  });
}

function installPrices(scope: FastifyInstance, deps: ApiDeps, answers: AnswerCache): void {
  scope.withTypeProvider<ZodTypeProvider>().get("/v1/prices", {
    config: { action: "prices.list", isPriceRead: true, isData: true },
    schema: {
      tags: ["prices"],
      summary: "Prices in force, page by page, all of one version",
      description:
        "Amounts are exact decimals in USD per one unit, as text. An answer about one `model` all of whose prices stop being " +
        "answered says so in `Sunset` (RFC 8594).",
      querystring: priceQuery,
      response: { 200: pricePage, ...problems(401, 403, 422, 429) },
    },
    handler: async ({ query, book, question }, reply: FastifyReply) => {
      const { version, text, more } = await writePage(deps, book, query);
      const headers = { "content-type": "application/json; charset=utf-8", "x-ratebook-version": version, ...more };
      return send(reply, await answers.keep(question, { headers, text }));
    },
  });
}

/** The present from memory, and anything else from the database. */
async function writePage(
  { db, past: reader }: ApiDeps,
  book: PresentBook,
  { at, known_at: knownAt, ...asked }: z.output<typeof priceQuery>,
): Promise<Readonly<{ version: string; text: string; more?: Readonly<Record<string, string>> }>> {
  const isPast = at !== undefined || knownAt !== undefined;
  const page = isPast ? undefined : listPresent(book, asked);
  if (page === undefined) {
    const { sellers } = book;
    const { version, prices, nextCursor, didYouMean, ...past } = await reader.read(book.mark, (from) =>
      listPricesInForce(from.db, { ...asked, at, knownAt, sellers }),
    );
    return {
      version,
      text: JSON.stringify({ version, at: past.at, prices, next_cursor: nextCursor, did_you_mean: didYouMean }),
    };
  }
  const { model, seller } = asked;
  const mayBeMeant = page.isUnknown && model !== undefined && book.staleSeconds === undefined;
  const meant = mayBeMeant ? await suggestModels(db, { model, seller }) : undefined;
  const { version } = book.mark;
  const end = meant === undefined ? "" : `,"did_you_mean":${JSON.stringify(meant)}`;
  return {
    version,
    ...(model !== undefined && page.nextCursor === null ? { more: lifecycleHeaders(page.prices) } : {}),
    text: `{"version":"${version}","at":null,"prices":[${page.prices.join(",")}],"next_cursor":${JSON.stringify(page.nextCursor)}${end}}`,
  };
}

const additions = z
  .string()
  .regex(/^(sellers|provider)(,(sellers|provider))?$/, "sellers, provider, or both with a comma")
  .optional()
  .meta({
    description:
      "`sellers` adds entries for prices of other sources, at sellers that the document has; `provider` writes LiteLLM's map " +
      "as Bifrost reads it: sellers under its name for them as well, limits of tokens as whole numbers",
  });
const exportQuery = z.object({ at: instant.optional(), add: additions, min_version: minVersion });

const csvShape = {
  ...priceFilter.shape,
  contextTokens: z.coerce.number().int().positive().optional(),
  at: instant.optional(),
  min_version: minVersion,
};
const csvQuery = z.strictObject(csvShape, {
  error: ({ code, keys }) =>
    code === "unrecognized_keys"
      ? `There is no parameter ${keys.join(", ")}; there are ${Object.keys(csvShape).join(", ")}`
      : undefined,
});

const EXPORTING = { action: "prices.export", isPriceRead: true, isData: true } as const;

function installExports(scope: FastifyInstance, { exports, past }: ApiDeps, answers: AnswerCache): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  const config = EXPORTING;
  const answer = async (
    { book, question }: Asking,
    format: ExportFormat,
    { at, add }: z.output<typeof exportQuery>,
  ): Promise<Answer> => {
    const asked = { format, add: EXPORT_ADDITIONS.filter((one) => add?.split(",").includes(one)) };
    const built = await (at === undefined
      ? exports.present(asked, book.mark)
      : past.read(book.mark, (from) => exports.past({ ...asked, at }, from)));
    const { mark } = built;
    const headers = headersOf(built);
    // It may have been built from a newer book than this request has met.
    return answers.keep(
      { ...question, book: bookOfExports(mark), version: mark.version },
      { headers, text: built.bodies },
    );
  };
  installCsv(scope, exports, (request, query) => answer(request, "csv", query));
  routes.get("/v1/export/:format", {
    config,
    schema: {
      tags: ["prices"],
      summary: "All prices in force in a gateway's own shape",
      description:
        "The last good document of the format's first-ranked source (`x-ratebook-document`), with the prices in force in the place of its own",
      params: z.object({ format: z.enum(DOCUMENT_KINDS) }),
      querystring: exportQuery,
      response: EXPORT_RESPONSES,
    },
    handler: async (request, reply: FastifyReply) =>
      send(reply, await answer(request, request.params.format, request.query)),
  });
  routes.get("/v1/export/models-dev/api.json", {
    config,
    schema: {
      tags: ["prices"],
      operationId: "prices.exportBelow",
      summary: "The same for readers of models.dev, which ask for api.json below an address",
      querystring: exportQuery,
      response: EXPORT_RESPONSES,
    },
    handler: async (request, reply: FastifyReply) => send(reply, await answer(request, "models-dev", request.query)),
  });
}

type Asking = Pick<FastifyRequest, "book" | "question">;

/** `answer` gives all prices; those under a filter are read here. */
function installCsv(
  scope: FastifyInstance,
  exports: ExportStore,
  answer: (request: Asking, query: { at: string | undefined }) => Promise<Answer>,
): void {
  const exportCsv = async (
    request: Asking,
    { at, min_version: _known, ...filter }: z.output<typeof csvQuery>,
  ): Promise<Answer> => {
    if (Object.values(filter).every((one) => one === undefined)) return answer(request, { at });
    if (at !== undefined)
      throw new AppError("INVALID", "A filter selects present prices only. Leave out `at` or the filter");
    const built = await exports.past({ format: "csv", filter });
    return answerOnce({ headers: headersOf(built), bodies: built.bodies }, request.question.encoding);
  };
  scope.withTypeProvider<ZodTypeProvider>().get("/v1/export/csv", {
    config: EXPORTING,
    schema: {
      tags: ["prices"],
      operationId: "prices.exportCsv",
      summary:
        "All prices in force as CSV, a line per charge; with a filter, exactly the rates that the list shows under it",
      description:
        "A filtered list has those without a price as well, on a line without an amount. `x-ratebook-rates` counts the rates",
      querystring: csvQuery,
      response: EXPORT_RESPONSES,
    },
    handler: async (request, reply: FastifyReply) => send(reply, await exportCsv(request, request.query)),
  });
}

function headersOf(built: BuiltExport): Record<string, string> {
  return {
    "content-type": built.type,
    "x-ratebook-as-of": built.at,
    "x-ratebook-version": built.mark.version,
    "x-ratebook-document": built.document,
    "x-ratebook-omitted-charges": String(built.omitted),
    "x-ratebook-unpriced": String(built.unpriced),
    "x-ratebook-rates": String(built.rates),
  };
}

const EXPORT_RESPONSES = {
  200: {
    description: "The document, of one instant (`x-ratebook-as-of`) and version (`x-ratebook-version`)",
    content: { "application/json": { schema: document }, "text/csv": { schema: document } },
  },
  ...problems(401, 403, 422, 429),
};
