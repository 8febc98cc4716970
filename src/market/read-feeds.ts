import { parse } from "lossless-json";
import { z } from "zod";
import { parseDecimal, shiftPoint, type Decimal } from "#/price/decimal.ts";
import { FEED_PATHS, type Feed } from "#/market/feed.ts";
import { OPENROUTER, SELLERS } from "#/market/seller.ts";

/** `input` and `output` in USD per token, by the seller and its own spelling of the model. */
export type ReadPrices = ReadonlyMap<string, Readonly<{ input: Decimal; output: Decimal }>>;

const amount = z.string().transform((text, ctx) => {
  const read = parseDecimal(text);
  if (read !== undefined) return read;
  ctx.addIssue({ code: "custom", message: `not a decimal: ${text}` });
  return z.NEVER;
});

const openrouterSchema = z.object({
  data: z.array(z.object({ id: z.string(), pricing: z.object({ prompt: amount, completion: amount }) })),
});
const litellmSchema = z.record(
  z.string(),
  z.object({ input_cost_per_token: amount.optional(), output_cost_per_token: amount.optional() }),
);
const modelsDevSchema = z.record(
  z.string(),
  z.object({
    models: z.record(
      z.string(),
      z.object({ cost: z.object({ input: amount.optional(), output: amount.optional() }).optional() }),
    ),
  }),
);

const mtok = z.union([amount, z.object({ base: amount }).transform(({ base }) => base)]);
const genaiPricesSchema = z.array(
  z.object({
    id: z.string(),
    models: z.array(
      z.object({ id: z.string(), prices: z.object({ input_mtok: mtok.optional(), output_mtok: mtok.optional() }) }),
    ),
  }),
);

type Row = Readonly<{ key: string; input: Decimal | undefined; output: Decimal | undefined }>;

const keyOf = (seller: string, id: string): string => `${seller} ${id}`;

function litellmSeller(key: string): { seller: string; id: string } | undefined {
  for (const { id: seller, litellm } of SELLERS)
    if (litellm && litellm.prefix !== "" && key.startsWith(litellm.prefix))
      return { seller, id: key.slice(litellm.prefix.length) };
  return undefined;
}

function bareSellers(key: string): { seller: string; id: string }[] {
  return SELLERS.filter(({ litellm }) => litellm?.prefix === "").map(({ id: seller }) => ({ seller, id: key }));
}

const READ: Readonly<Record<Feed, (root: unknown) => Row[]>> = {
  openrouter: (root) =>
    openrouterSchema.parse(root).data.map(({ id, pricing }) => ({
      key: keyOf(OPENROUTER, id),
      input: pricing.prompt,
      output: pricing.completion,
    })),
  litellm: (root) =>
    Object.entries(litellmSchema.parse(root)).flatMap(([name, entry]) => {
      const named = litellmSeller(name);
      return (named ? [named] : bareSellers(name)).map(({ seller, id }) => ({
        key: keyOf(seller, id),
        input: entry.input_cost_per_token,
        output: entry.output_cost_per_token,
      }));
    }),
  "models-dev": (root) =>
    Object.entries(modelsDevSchema.parse(root)).flatMap(([seller, { models }]) =>
      Object.entries(models).map(([id, { cost }]) => ({
        key: keyOf(seller, id),
        input: cost?.input && shiftPoint(cost.input, -6),
        output: cost?.output && shiftPoint(cost.output, -6),
      })),
    ),
  "genai-prices": (root) =>
    genaiPricesSchema.parse(root).flatMap(({ id, models }) => {
      const seller = SELLERS.find(({ genaiPrices }) => genaiPrices === id)?.id ?? id;
      return models.map(({ id: model, prices }) => ({
        key: keyOf(seller, model),
        input: prices.input_mtok && shiftPoint(prices.input_mtok, -6),
        output: prices.output_mtok && shiftPoint(prices.output_mtok, -6),
      }));
    }),
};

/** Reads a document's text independently of the code that wrote it: every number from its own digits. */
export function readPrices(feed: Feed, text: string): ReadPrices {
  const root = parse(text, undefined, (digits) => digits);
  const rows = READ[feed](root);
  return new Map(
    rows.flatMap(({ key, input, output }) =>
      input === undefined || output === undefined ? [] : [[key, { input, output }] as const],
    ),
  );
}

/** Fetches a feed's document as text; throws on an answer that is not 200. */
export async function fetchFeed(url: string, feed: Feed): Promise<string> {
  const response = await fetch(url + FEED_PATHS[feed]);
  if (response.status !== 200) throw new Error(`${feed}: ${response.status}`);
  return response.text();
}

/** What two feeds both list and state differently. */
export function listDisagreements(a: ReadPrices, b: ReadPrices): string[] {
  return [...a].flatMap(([key, price]) => {
    const other = b.get(key);
    return other && (other.input !== price.input || other.output !== price.output) ? [key] : [];
  });
}
