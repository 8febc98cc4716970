"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#/ui/trpc.tsx";

const RENEWALS_SHOW_AFTER_MS = 5_000;

/** Who holds the lock. A renewal is no event: it is asked for while somebody holds it. */
export function useLockStatus() {
  return useQuery({
    ...useTRPC().lock.status.queryOptions(),
    refetchInterval: ({ state }) => (state.data?.held === true ? RENEWALS_SHOW_AFTER_MS : false),
  });
}
