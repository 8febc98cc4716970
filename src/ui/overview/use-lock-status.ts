"use client";

import { useQuery } from "@tanstack/react-query";
import { usePace } from "#/ui/live/use-pace.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const RENEWALS_SHOW_AFTER_MS = 5_000;

/** Who holds the lock. A renewal is no event: it is asked for while somebody holds it. */
export function useLockStatus() {
  const pace = usePace(RENEWALS_SHOW_AFTER_MS);
  return useQuery({
    ...useTRPC().lock.status.queryOptions(),
    refetchInterval: ({ state }) => (state.data?.held === true ? pace : false),
  });
}
