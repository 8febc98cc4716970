import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { MOST_QUOTE_LINES, quoteUsage, usageQuotes, type ReadPast, type UsageQuotes } from "#/book/quote-usage.ts";
import { AppError } from "#/platform/errors.ts";
import type { RateTable } from "#/serve/rate-table.ts";
import type { PresentBook } from "#/serve/snapshot.ts";
import { lifecycleHeaders } from "#/serve/lifecycle-headers.ts";

/** 1.6 kB a line: more than the usage object of any provider. */
const MOST_BYTES = 16 * 1024 * 1024;

const usageLine = z.object({
  id: z.string().optional().meta({ description: "Comes back with the answer" }),
  seller: z
    .string()
    .optional()
    .meta({ description: "In any spelling; when absent, the only seller that has a price of the model" }),
  model: z.string().meta({ description: "Exactly as its seller spells it" }),
  variant: z.string().optional().meta({ description: "`default` when absent" }),
  at: z.string().optional().meta({ description: "The instant whose rate counts, ISO 8601; now when absent" }),
  usage: z.record(z.string(), z.unknown()).meta({
    description:
      'Meters, each unit under exactly one (`{"input": 100, "cache_read": 900, "output": 50}`, in another unit `"input/second": "1.5"`), ' +
      "or the usage object of a provider's answer: OpenAI chat and responses, Anthropic, Gemini, Bedrock Converse, Mistral, Cohere, Groq, DeepSeek",
  }),
  bound: z.boolean().optional().meta({
    description:
      "Asks for the most that a request within this usage may cost, under every tier and window of the price",
  }),
});

type KnownBook = Readonly<{ current: () => Pick<PresentBook, "sellers" | "rates"> | undefined }>;

/** What requests cost, made or planned, each at its instant. */
export function installQuoteRoutes(
  scope: FastifyInstance,
  {
    db,
    findPresent,
    readPast,
    prices,
  }: Pick<ApiDeps, "db" | "findPresent"> & Readonly<{ readPast: ReadPast; prices: KnownBook }>,
): void {
  scope.route({
    method: "POST",
    url: "/v1/quotes",
    bodyLimit: MOST_BYTES,
    config: { action: "prices.quote", isPriceRead: true },
    schema: {
      tags: ["prices"],
      summary: "What requests cost, each at its instant",
      description: `Up to ${MOST_QUOTE_LINES} lines. A line that can't be read or priced says so in its answer; the others are quoted. When all lines are of one price that stops being answered, \`Sunset\` (RFC 8594) says so.`,
      body: z.object({
        lines: z.array(usageLine).max(MOST_QUOTE_LINES),
        detail: z.boolean().optional().meta({
          description:
            "Asks for the `lines` of each quote: what every meter costs, and by which charge. False when absent",
        }),
      }),
      response: { 200: usageQuotes, ...problems(401, 403, 422) },
    },
    // The schemas describe. Lines are read one by one, so that a bad one is an answer; checking what is answered would take
    // longer than the quotes; and bytes are sent several times as quickly as a long text.
    validatorCompiler: () => (body: unknown) => ({ value: body }),
    handler: async ({ body }, reply) => {
      const { lines, detail } = readQuestion(body);
      const { sellers } = prices.current() ?? {};
      const now = new Date().toISOString();
      const answer = await quoteUsage({ db, readPast, findPresent, sellers, now, detail }, lines);
      void reply.headers(lifecycleOf(answer, prices.current()?.rates));
      return reply.type("application/json; charset=utf-8").send(Buffer.from(JSON.stringify(answer)));
    },
  });
}

/** When all lines are of one price, and it stops being answered. */
function lifecycleOf({ quotes }: UsageQuotes, rates: RateTable | undefined): Readonly<Record<string, string>> {
  const [first] = quotes;
  if (first === undefined || first.seller === null || first.model === null || first.variant === null) return {};
  const { seller, model, variant } = first;
  const isOne = quotes.every((one) => one.seller === seller && one.model === model && one.variant === variant);
  const price = isOne ? rates?.find({ seller, model, variant })?.json : undefined;
  return lifecycleHeaders(typeof price === "string" ? [price] : []);
}

function readQuestion(body: unknown): Readonly<{ lines: readonly unknown[]; detail: boolean }> {
  const fields: Readonly<Record<string, unknown>> = typeof body === "object" && body !== null ? { ...body } : {};
  const { lines, detail = false } = fields;
  if (!Array.isArray(lines) || lines.length > MOST_QUOTE_LINES)
    throw new AppError("INVALID", `lines: a list of at most ${MOST_QUOTE_LINES} is needed`);
  if (typeof detail !== "boolean") throw new AppError("INVALID", "detail: true or false is needed");
  return { lines, detail };
}
