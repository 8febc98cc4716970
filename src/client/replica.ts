import { askServer } from "#/client/ask-server.ts";
import { explainFailure } from "#/client/explain-failure.ts";
import { followChanges, pause, type ChangeEvent } from "#/client/follow-changes.ts";
import { quoteReplica, type ReplicaQuote } from "#/client/replica-quote.ts";
import type { RatebookError } from "#/client/ratebook-error.ts";
import type { ReplicaRate } from "#/client/replica-rate.ts";
import { readServerAddress, type ServerAddress } from "#/client/server-address.ts";

export type ReplicaOptions = Readonly<{
  url: string;
  /** Sent in a header, never in an address. */
  apiKey?: string | undefined;
  /** Closes the replica. */
  signal?: AbortSignal | undefined;
  /** After every version that changed something. */
  onVersion?: ((version: string) => void) | undefined;
  /** The server can't be followed now, and why; it is tried again until the replica is closed. */
  onError?: ((error: RatebookError) => void) | undefined;
}>;

export type ReplicaRequest = Readonly<{
  seller: string;
  model: string;
  variant?: string | undefined;
  usage: unknown;
  at?: string | undefined;
}>;

export type Replica = Readonly<{
  /** The price in force; `undefined` when there is none, which is never 0. Seller, model and variant as the server names them. */
  rate: (seller: string, model: string, variant?: string) => ReplicaRate | undefined;
  /**
   * What a request costs, from memory. `usage` is meters (`{ input: 1200, output: 300 }`) or the usage object of a provider's
   * answer; `at` is an ISO 8601 instant, now when absent, and decides which time of day's price counts.
   */
  quote: (request: ReplicaRequest) => ReplicaQuote;
  /** All prices in force, in no order. */
  rates: () => readonly ReplicaRate[];
  /** The version of the server's book that this one is equal to. */
  version: () => string;
  /** For how many milliseconds the server has not been heard. It says something every 15 s. */
  ageMs: () => number;
  /** Stops following. The prices stay as they are. */
  close: () => Promise<void>;
}>;

const REQUEST_TIMEOUT_MS = 60_000;
/** A key that is refused now may be good again, and a book that is gone is loaded anew. */
const REFUSED_PAUSE_MS = 1_000;
const GONE = 410;

type Book = { version: string; rates: Map<string, ReplicaRate> };

/**
 * A copy of the prices in force, which answers from memory and follows the server's changes. Resolves when it is loaded. It
 * connects again by itself and goes on where it was; when the server does not know its version any more, it is loaded anew.
 * Throws `RatebookError` when the first load fails.
 */
export async function openReplica({ url, apiKey, signal, onVersion, onError }: ReplicaOptions): Promise<Replica> {
  const server = readServerAddress({ url, apiKey });
  const closed = new AbortController();
  const stop = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
  let heardAt = performance.now();
  let book = await load(server, stop);
  const following = follow();

  async function follow(): Promise<void> {
    while (!stop.aborted) {
      const input = { after: book.version, signal: stop, onHeard: hear, onAway: onError };
      try {
        for await (const event of followChanges(server, input)) {
          apply(book, event);
          onVersion?.(book.version);
        }
      } catch (error) {
        const failure = explainFailure(error, server);
        onError?.(failure);
        await pause(REFUSED_PAUSE_MS, stop);
        if (failure.status === GONE) book = await load(server, stop).catch(() => book);
      }
    }
  }

  function hear(): void {
    heardAt = performance.now();
  }

  return {
    rate: (seller, model, variant = "default") => book.rates.get(keyOf({ seller, model, variant })),
    quote({ seller, model, variant = "default", usage, at = new Date().toISOString() }) {
      return quoteReplica(book.rates.get(keyOf({ seller, model, variant })), usage, at);
    },
    rates: () => [...book.rates.values()],
    version: () => book.version,
    ageMs: () => performance.now() - heardAt,
    async close() {
      closed.abort();
      await following;
    },
  };
}

type Page = Readonly<{ version: string; prices: readonly ReplicaRate[]; next_cursor: string | null }>;

async function load(server: ServerAddress, signal: AbortSignal): Promise<Book> {
  const rates = new Map<string, ReplicaRate>();
  for (let query = "limit=5000"; ;) {
    const target = `${server.url}/v1/prices?${query}`;
    const answer = await askServer(server, { type: "json", timeoutMs: REQUEST_TIMEOUT_MS }, target, { signal });
    const page = await readPage(answer, server);
    for (const price of page.prices) rates.set(keyOf(price), withoutFacts(price));
    if (page.next_cursor === null) return { version: page.version, rates };
    query = `limit=5000&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

/** The server's own answer, as its description says. */
async function readPage(answer: Response, server: ServerAddress): Promise<Page> {
  try {
    return (await answer.json()) as Page;
  } catch (error) {
    throw explainFailure(error, server);
  }
}

/** Facts are of no version, so a copy that follows versions has none. */
function withoutFacts({ seller, model, variant, state, charges, from, observed_at }: ReplicaRate): ReplicaRate {
  return { seller, model, variant, state, charges, from, observed_at };
}

/** All changes of a version at once: whoever asks sees one version or the next. */
function apply(book: Book, { version, changes }: ChangeEvent): void {
  for (const { price, ...key } of changes) {
    if (price === null) book.rates.delete(keyOf(key));
    else book.rates.set(keyOf(key), price);
  }
  book.version = version;
}

function keyOf({ seller, model, variant }: Pick<ReplicaRate, "seller" | "model" | "variant">): string {
  return `${seller}\u0000${model}\u0000${variant}`;
}
