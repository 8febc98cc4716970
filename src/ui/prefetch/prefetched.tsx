import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { notFound, redirect, unstable_rethrow } from "next/navigation";
import { cache, type ReactNode } from "react";
import type { AppRouter } from "#/api/router.ts";
import { isNotFound, isSignedOut } from "#/ui/feedback/describe-error.model.ts";

/** Longer than any page should wait for its data; after it the page asks by itself. */
const SLOWEST_PREFETCH_MS = 4_000;

type Props = Readonly<{
  /** Asks for what the page shows first. What fails is asked again by the page, which shows the error in its place. */
  load: (trpc: TRPCOptionsProxy<AppRouter>, queries: QueryClient) => readonly Promise<unknown>[];
  children: ReactNode;
}>;

/** What the parts of one page ask at the same time is one request, which finds out once who is asking. */
const clientOfPage = cache((loopback: string, cookie: string) =>
  createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: `${loopback}/api/trpc`,
        // Within one process, shorter is not sooner.
        headers: { cookie, "accept-encoding": "identity" },
        fetch: async (target, init) =>
          fetch(target, { ...init, cache: "no-store", signal: AbortSignal.timeout(SLOWEST_PREFETCH_MS) }),
      }),
    ],
  }),
);

/**
 * A page with its data: the server asks our API over loopback with the reader's own cookie, and the page starts from the
 * answers. A reader whose session has ended is led to sign in; what does not exist is answered with 404.
 */
export async function Prefetched({ load, children }: Props) {
  const asked = await headers();
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const client = clientOfPage(asked.get("x-loopback") ?? "", asked.get("cookie") ?? "");
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient: queries });
  const answers = await Promise.allSettled(load(trpc, queries));
  const failures = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
  // A page may find out from an answer that it does not exist.
  failures.forEach(unstable_rethrow);
  if (failures.some(isSignedOut)) redirect(`/sign-in?next=${encodeURIComponent(asked.get("x-path") ?? "/")}`);
  if (failures.some(isNotFound)) notFound();
  return <HydrationBoundary state={dehydrate(queries)}>{children}</HydrationBoundary>;
}
