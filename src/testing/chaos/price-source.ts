import { createServer } from "node:http";
import { once } from "node:events";

/** How long the answers of one source take, and how many models it lists. */
type SourceShape = Readonly<{ name: string; delayMs: number; models: number }>;

export type PriceSource = Readonly<{
  urlOf: (name: string) => string;
  /** Changes every price by a little. Answers the new ones: model -> USD per token of input, as text. */
  moveOn: () => void;
  /** What the last document of a source says: listing -> USD per token of input. */
  pricesOf: (name: string) => ReadonlyMap<string, string>;
  /** For requests to come. */
  setDelayMs: (delayMs: number) => void;
  /** So many requests have come. */
  requests: () => number;
  close: () => Promise<void>;
}>;

const LOWEST = 1_000;
const STEPS = 40;

/** Prices from 0.000001 USD per token upwards, at most 4 % apart, so that the guard never holds one. */
function priceAt(version: number, model: number): string {
  const step = (version * 7 + model) % STEPS;
  return `0.00000${LOWEST + step}`;
}

/** Loopback HTTP documents of OpenRouter's shape, one per source, whose prices are a function of one version number. */
export async function openPriceSource(shapes: readonly SourceShape[]): Promise<PriceSource> {
  let version = 0;
  let delayOfAll: number | undefined;
  let requests = 0;
  const shapeOf = (name: string) => {
    const shape = shapes.find((one) => one.name === name);
    if (shape === undefined) throw new Error(`there is no source ${name}`);
    return shape;
  };
  const pricesOf = (name: string) =>
    new Map(
      Array.from(
        { length: shapeOf(name).models },
        (_, index) => [`${name}/m-${index}`, priceAt(version, index)] as const,
      ),
    );
  const server = createServer((request, response) => {
    requests += 1;
    const name = (request.url ?? "/").slice(1);
    const answer = () => {
      const data = [...pricesOf(name)].map(([id, prompt]) => ({ id, pricing: { prompt, completion: prompt } }));
      response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
    };
    // Who asked may be gone long before; nobody waits for an answer that is only due.
    setTimeout(answer, delayOfAll ?? shapeOf(name).delayMs).unref();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
    moveOn: () => void (version += 1),
    pricesOf,
    setDelayMs: (delayMs) => void (delayOfAll = delayMs),
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
