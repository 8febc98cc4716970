import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, type TRPCClient } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { EventSource } from "eventsource";
import type { AppRouter } from "#/api/router.ts";
import { ForeignAnswerError } from "#/cli/describe-failure.ts";

export type RatebookClient = TRPCClient<AppRouter>;
export type ApiInputs = inferRouterInputs<AppRouter>;
export type ApiOutputs = inferRouterOutputs<AppRouter>;

export type ClientOptions = Readonly<{
  /** Where the server is; a path in it is kept. */
  url: string;
  apiKey: string | undefined;
  /** Ends every request. */
  signal: AbortSignal;
}>;

// Longer than a source test, which fetches for at most 30 s.
const REQUEST_TIMEOUT_MS = 60_000;

/** A client of one server. The key travels in a header of every request, the event stream's included. */
export function createRatebookClient({ url, apiKey, signal }: ClientOptions): RatebookClient {
  const endpoint = `${url.replace(/\/+$/, "")}/api/trpc`;
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url: endpoint,
          EventSource,
          eventSourceOptions: {
            fetch: (target, init) => fetch(target, { ...init, headers: { ...init.headers, ...headers } }),
          },
        }),
        false: httpLink({
          url: endpoint,
          headers,
          fetch: async (target, init) => {
            const ends = [signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS), ...(init?.signal ? [init.signal] : [])];
            const response = await fetch(target, { ...init, signal: AbortSignal.any(ends) });
            if (!(response.headers.get("content-type") ?? "").includes("json"))
              throw new ForeignAnswerError(response.status);
            return response;
          },
        }),
      }),
    ],
  });
}
