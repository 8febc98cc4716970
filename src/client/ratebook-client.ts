import { createTRPCClientProxy, httpLink, splitLink, TRPCUntypedClient, type TRPCClient } from "@trpc/client";
import type { AppRouter } from "#/api/router.ts";
import { askServer } from "#/client/ask-server.ts";
import { explainFailure } from "#/client/explain-failure.ts";
import { readServerAddress, type ServerAddress } from "#/client/server-address.ts";
import { subscribe, type Subscribed, type SubscriptionHandlers } from "#/client/subscribe.ts";

export type ClientOptions = Readonly<{
  /** Where the server is, such as `http://127.0.0.1:3000`; a path in it is kept. */
  url: string;
  /** Sent in a header of every request, never in an address. */
  apiKey?: string | undefined;
  /** Ends every request and subscription. */
  signal?: AbortSignal | undefined;
  /** How long a server may be away before a subscription gives it up, in milliseconds; 60,000 when absent. */
  patienceMs?: number | undefined;
}>;

// Longer than a source test, which fetches for at most 30 s.
const REQUEST_TIMEOUT_MS = 60_000;
const USUAL_PATIENCE_MS = 60_000;

/**
 * A client of one Ratebook server. Amounts are decimal strings, exact as the server has them. Throws `RatebookError` when
 * the address or the key can't be one; every call fails with `RatebookError`.
 */
export function createRatebookClient({ url, apiKey, signal, patienceMs = USUAL_PATIENCE_MS }: ClientOptions) {
  const server = readServerAddress({ url, apiKey });
  return withoutServerTypes(createProxy(createCaller(server, signal, patienceMs)));
}

export type RatebookClient = ReturnType<typeof createRatebookClient>;

export type RequestOptions = Readonly<{ signal?: AbortSignal }>;
export type Query<Input, Output> = {
  /** Reads. */
  query: (input: Input, options?: RequestOptions) => Promise<Output>;
};
export type Mutation<Input, Output> = {
  /** Changes something. */
  mutate: (input: Input, options?: RequestOptions) => Promise<Output>;
};
export type Subscription<Input, Data> = {
  /** Connects again by itself when the connection is lost, and continues after the last event. */
  subscribe: (input: Input, handlers: SubscriptionHandlers<Data>) => Subscribed;
};

/** What every call takes: `RatebookInputs["syncs"]["trigger"]`. */
export type RatebookInputs = {
  [Room in keyof RatebookClient]: {
    [Name in keyof RatebookClient[Room]]: RatebookClient[Room][Name] extends Call<infer Input, infer _Output>
      ? Input
      : never;
  };
};

/** What every call answers: `RatebookOutputs["prices"]["get"]`. */
export type RatebookOutputs = {
  [Room in keyof RatebookClient]: {
    [Name in keyof RatebookClient[Room]]: RatebookClient[Room][Name] extends Call<infer _Input, infer Output>
      ? Output
      : never;
  };
};

type Call<Input, Output> = Query<Input, Output> | Mutation<Input, Output> | Subscription<Input, Output>;

type Caller = Readonly<{
  query: (path: string, input?: unknown, options?: RequestOptions) => Promise<unknown>;
  mutation: (path: string, input?: unknown, options?: RequestOptions) => Promise<unknown>;
  subscription: (path: string, input: unknown, handlers: SubscriptionHandlers<unknown>) => Subscribed;
}>;

function createCaller(server: ServerAddress, signal: AbortSignal | undefined, patienceMs: number): Caller {
  const endpoint = `${server.url}/api/trpc`;
  const asked = { type: "json", timeoutMs: REQUEST_TIMEOUT_MS } as const;
  const options = {
    url: endpoint,
    fetch: (target, init) => {
      const signals = [signal, init?.signal].filter((each) => each !== undefined && each !== null);
      return askServer(server, asked, target, { ...init, signal: AbortSignal.any(signals) });
    },
  } satisfies Parameters<typeof httpLink<AppRouter>>[0];
  // The lines of a quote are too long for an address.
  const link = splitLink<AppRouter>({
    condition: ({ path }) => path === "prices.quote",
    true: httpLink<AppRouter>({ ...options, methodOverride: "POST" }),
    false: httpLink<AppRouter>(options),
  });
  const requests = new TRPCUntypedClient<AppRouter>({ links: [link] });
  const explain = (error: unknown) => {
    throw explainFailure(error, server);
  };
  return {
    query: (path, input, options) => requests.query(path, input, options).catch(explain),
    mutation: (path, input, options) => requests.mutation(path, input, options).catch(explain),
    subscription: (path, input, handlers) => subscribe({ server, endpoint, path, input, handlers, signal, patienceMs }),
  };
}

/**
 * tRPC's client over a caller. The proxy calls the three methods and nothing else; what it says of errors and handlers is
 * not a caller's, and `withoutServerTypes` says it right.
 */
function createProxy(caller: Caller): TRPCClient<AppRouter> {
  return createTRPCClientProxy(caller as unknown as TRPCUntypedClient<AppRouter>);
}

/**
 * The same client, typed by what goes in and comes out alone, so that its declaration needs neither the server nor tRPC.
 * The paths, inputs and outputs are tRPC's own; errors and handlers are a `Caller`'s.
 */
function withoutServerTypes<Rooms>(client: Rooms) {
  return client as unknown as {
    [Room in keyof Rooms & string]: {
      [Name in keyof Rooms[Room]]: Rooms[Room][Name] extends {
        query: (input: infer Input, ...rest: never) => Promise<infer Output>;
      }
        ? Query<Input, Output>
        : Rooms[Room][Name] extends { mutate: (input: infer Input, ...rest: never) => Promise<infer Output> }
          ? Mutation<Input, Output>
          : Rooms[Room][Name] extends { subscribe: (input: infer Input, handlers: infer Handlers) => unknown }
            ? Handlers extends { onData?: (value: infer Data) => void }
              ? Subscription<Input, Data>
              : never
            : never;
    };
  };
}
