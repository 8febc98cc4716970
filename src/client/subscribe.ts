import { httpSubscriptionLink, TRPCUntypedClient } from "@trpc/client";
import { EventSource } from "eventsource";
import type { AppRouter } from "#/api/router.ts";
import { askServer } from "#/client/ask-server.ts";
import { explainFailure, unreachable } from "#/client/explain-failure.ts";
import { RatebookError } from "#/client/ratebook-error.ts";
import type { ServerAddress } from "#/client/server-address.ts";

/** `pending`: connected. `connecting` with an error: the connection was lost, and is being made again. */
export type ConnectionState = Readonly<{ state: "connecting" | "pending" | "idle"; error: RatebookError | null }>;

export type SubscriptionHandlers<Data> = Readonly<{
  /** Ends the subscription, which is an error then. */
  signal?: AbortSignal | undefined;
  /** At every connection, the first included. */
  onStarted?: () => void;
  onData?: (value: Data) => void;
  /** It has ended before its end: refused, aborted, or the server stayed away for longer than the patience. */
  onError?: (error: RatebookError) => void;
  /** The server has nothing more to tell. */
  onComplete?: () => void;
  onConnectionStateChange?: (state: ConnectionState) => void;
}>;

export type Subscribed = Readonly<{ unsubscribe: () => void }>;

type Input = Readonly<{
  server: ServerAddress;
  endpoint: string;
  path: string;
  input: unknown;
  handlers: SubscriptionHandlers<unknown>;
  signal: AbortSignal | undefined;
  /** How long the server may be away before that is an error. */
  patienceMs: number;
}>;

// The server answers a watcher at once.
const SLOWEST_ANSWER_MS = 10_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One subscription, which connects again by itself and continues after the last event it had. Calls nothing any more
 * once it has ended or was unsubscribed.
 */
export function subscribe({ server, endpoint, path, input, handlers, signal, patienceMs }: Input): Subscribed {
  const signals = [signal, handlers.signal].filter((each) => each !== undefined);
  let ended = false;
  let giveUp: ReturnType<typeof setTimeout> | undefined;
  let failure: RatebookError | undefined;
  let close = () => {};

  const end = (tell: () => void) => {
    if (ended) return;
    ended = true;
    clearTimeout(giveUp);
    for (const each of signals) each.removeEventListener("abort", abort);
    close();
    tell();
  };
  const fail = (error: RatebookError) => end(() => handlers.onError?.(error));
  const abort = () => fail(new RatebookError("The subscription was ended by its signal", { kind: "aborted" }));
  const awaitConnection = () => {
    giveUp ??= setTimeout(
      () => {
        const { message, check } = failure ?? cut();
        fail(unreachable(`${message}. Gave up after ${Math.round(patienceMs / 1_000)} s`, check));
      },
      Math.min(patienceMs, LONGEST_TIMER_MS),
    );
  };
  const cut = () => unreachable(`Can't reach ${server.url}: the connection was cut`);

  // What is thrown here, EventSource takes for a lost connection, and tries again in 3 s.
  const connect = async (...[target, init]: Parameters<typeof fetch>): Promise<Response> => {
    failure = undefined;
    try {
      return await askServer(server, { type: "text/event-stream", timeoutMs: SLOWEST_ANSWER_MS }, target, init);
    } catch (error) {
      failure = explainFailure(error, server);
      if (failure.kind === "refused" && failure.status !== 429) fail(failure);
      throw failure;
    }
  };
  const client = new TRPCUntypedClient<AppRouter>({
    links: [httpSubscriptionLink({ url: endpoint, EventSource, eventSourceOptions: { fetch: connect } })],
  });

  awaitConnection();
  const subscription = client.subscription(path, input, {
    onStarted: () => ended || handlers.onStarted?.(),
    onData: (value) => ended || handlers.onData?.(value),
    onError: (error) => fail(explainFailure(error, server)),
    onComplete: () => end(() => handlers.onComplete?.()),
    onConnectionStateChange: ({ state, error }) => {
      if (ended) return;
      if (state === "pending") {
        clearTimeout(giveUp);
        giveUp = undefined;
      } else if (error !== null) awaitConnection();
      handlers.onConnectionStateChange?.({ state, error: error === null ? null : (failure ?? cut()) });
    },
  });
  close = () => subscription.unsubscribe();
  for (const each of signals) each.addEventListener("abort", abort, { once: true });
  if (ended) close();
  else if (signals.some(({ aborted }) => aborted)) abort();
  return { unsubscribe: () => end(() => {}) };
}
