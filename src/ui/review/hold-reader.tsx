"use client";

import { queryOptions } from "@tanstack/react-query";
import DataLoader from "dataloader";
import { createContext, useCallback, useContext, useState, type ReactNode } from "react";
import { holdKey } from "#/ui/review/hold-queries.ts";
import type { Hold } from "#/ui/review/hold-words.model.ts";
import { useTRPCClient } from "#/ui/trpc.tsx";

/** Rows that come into sight within so long are asked for together. */
const TOGETHER_MS = 15;
/** Their ids fit into an address. */
const MOST_AT_ONCE = 100;

type Asked = Readonly<{ id: string; signal: AbortSignal }>;
type Client = ReturnType<typeof useTRPCClient>;

/** Reads holds one by one for whoever shows them, and asks the server for many at once. */
function createHoldLoader(client: Client): DataLoader<Asked, Hold | null> {
  return new DataLoader<Asked, Hold | null>(
    async (asked) => {
      // Rows that have been scrolled past are not read.
      const ids = [...new Set(asked.flatMap(({ id, signal }) => (signal.aborted ? [] : [id])))];
      if (ids.length === 0) return asked.map(() => null);
      const { holds } = await client.review.list.query({ filter: { ids }, limit: ids.length });
      const found = new Map(holds.map((hold) => [hold.id, hold]));
      return asked.map(({ id }) => found.get(id) ?? null);
    },
    { cache: false, maxBatchSize: MOST_AT_ONCE, batchScheduleFn: (read) => void setTimeout(read, TOGETHER_MS) },
  );
}

const HoldReaderContext = createContext<DataLoader<Asked, Hold | null> | undefined>(undefined);

export function HoldReader({ children }: { children: ReactNode }) {
  const client = useTRPCClient();
  const [loader] = useState(() => createHoldLoader(client));
  return <HoldReaderContext value={loader}>{children}</HoldReaderContext>;
}

/** How one hold is read. It does not change while it is open, so it is read again only when something may have ended that. */
export function useHoldOptions() {
  const loader = useContext(HoldReaderContext);
  if (loader === undefined) throw new Error("useHoldOptions needs a HoldReader around it");
  return useCallback(
    (id: string) =>
      queryOptions({
        queryKey: holdKey(id),
        queryFn: async ({ signal }) => loader.load({ id, signal }),
        staleTime: Number.POSITIVE_INFINITY,
      }),
    [loader],
  );
}
