"use client";

import { useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import {
  mergeIntoActive,
  mergeIntoDetail,
  mergeIntoList,
  staleAfter,
  type Stale,
} from "#/ui/live/merge-event.model.ts";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Listed = Outputs["syncs"]["list"];

/** Events that come together are answered by one refetch. */
const REFETCH_AFTER_MS = 60;

/** Puts an event into the cached answers at once, and asks again for what it can't tell. */
export function useApplyEvent(): (event: SyncEvent) => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const stale = useRef(new Set<Stale>());
  const newestId = useRef(0n);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const refetch = useCallback(() => {
    const filters = {
      active: trpc.syncs.active.queryFilter(),
      detail: trpc.syncs.get.pathFilter(),
      list: trpc.syncs.list.pathFilter(),
      lock: trpc.lock.pathFilter(),
      sources: trpc.sources.pathFilter(),
      prices: trpc.prices.pathFilter(),
    };
    for (const name of stale.current) void queryClient.invalidateQueries(filters[name]);
    if (stale.current.has("detail")) void queryClient.invalidateQueries(trpc.syncs.timeline.pathFilter());
    if (stale.current.has("prices")) void queryClient.invalidateQueries(trpc.syncs.changes.pathFilter());
    if (stale.current.has("prices")) void queryClient.invalidateQueries(trpc.review.pathFilter());
    if (stale.current.has("list")) void queryClient.invalidateQueries(trpc.schedules.pathFilter());
    if (stale.current.has("list")) void queryClient.invalidateQueries(trpc.syncs.strip.pathFilter());
    stale.current.clear();
  }, [trpc, queryClient]);

  useEffect(() => () => clearTimeout(timer.current), []);

  return useCallback(
    (event) => {
      queryClient.setQueryData(trpc.syncs.get.queryKey({ jobId: event.jobId }), (detail) =>
        mergeIntoDetail(detail, event),
      );
      // A replayed event is old news for the lists.
      if (BigInt(event.id) > newestId.current) {
        newestId.current = BigInt(event.id);
        queryClient.setQueryData(trpc.syncs.active.queryKey(), (active) => mergeIntoActive(active, event));
        queryClient.setQueriesData<Listed>(trpc.syncs.list.queryFilter(), (list) => mergeIntoList(list, event));
        queryClient.setQueriesData<InfiniteData<Listed>>(trpc.syncs.list.infiniteQueryFilter(), (pages) =>
          mergeIntoList(pages, event),
        );
      }
      for (const name of staleAfter(event)) stale.current.add(name);
      if (timer.current !== undefined || stale.current.size === 0) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        refetch();
      }, REFETCH_AFTER_MS);
    },
    [trpc, queryClient, refetch],
  );
}
