"use client";

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpLink, httpSubscriptionLink, retryLink, splitLink } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { useState, type ReactNode } from "react";
import type { AppRouter } from "#/api/router.ts";
import { isFinal, isSignedOut } from "#/ui/feedback/describe-error.model.ts";
import { createHeardEventSource } from "#/ui/live/heard-event-source.ts";
import { createHeartbeat, HeartbeatProvider } from "#/ui/live/heartbeat.tsx";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type Outputs = inferRouterOutputs<AppRouter>;
export type Inputs = inferRouterInputs<AppRouter>;

const API = "/api/trpc";
const SLOWEST_RETRY_MS = 10_000;
/** Longer than the test of a source, which fetches for at most 30 s. */
const SLOWEST_ANSWER_MS = 45_000;

function createClient(onHeard: () => void) {
  const HeardEventSource = createHeardEventSource(onHeard);
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: [
          // EventSource gives up for good after an answer that is not 200.
          retryLink({
            retry: ({ error }) => !isSignedOut(error),
            retryDelayMs: (attempt) => Math.min(500 * 2 ** attempt, SLOWEST_RETRY_MS),
          }),
          httpSubscriptionLink({ url: API, ...(HeardEventSource && { EventSource: HeardEventSource }) }),
        ],
        false: httpLink({
          url: API,
          // A connection that has died in silence answers never.
          fetch: async (target, init) => {
            const late = AbortSignal.timeout(SLOWEST_ANSWER_MS);
            return fetch(target, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, late]) : late });
          },
        }),
      }),
    ],
  });
}

/** While the reader has paused the page, only what they do themselves asks again. */
function createQueryClient(isPaused: () => boolean) {
  const onError = (error: unknown) => isSignedOut(error) && goToSignIn();
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: () => !isPaused(),
        refetchOnReconnect: () => !isPaused(),
        retry: (failures, error) => failures < 3 && !isFinal(error),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, SLOWEST_RETRY_MS),
      },
    },
  });
}

export function goToSignIn(): void {
  const here = `${location.pathname}${location.search}`;
  location.assign(here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`);
}

/** The API for everything inside. Made once per tab. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [heartbeat] = useState(createHeartbeat);
  const [queryClient] = useState(() => createQueryClient(heartbeat.isPaused));
  const [trpcClient] = useState(() => createClient(heartbeat.beat));
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        <HeartbeatProvider value={heartbeat}>{children}</HeartbeatProvider>
      </TRPCProvider>
    </QueryClientProvider>
  );
}
