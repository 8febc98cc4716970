"use client";

import { useQuery } from "@tanstack/react-query";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { RunTable } from "#/ui/run/run-table.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

export function RecentRunsPanel() {
  const runs = useQuery(useTRPC().syncs.list.queryOptions({ limit: 15 }));
  return (
    <Panel title="Recent runs" flush>
      <Loaded query={runs} failed="The runs could not be read" height={280}>
        {({ syncs }) =>
          syncs.length === 0 ? (
            <EmptyNote title="No sync has run yet">“Sync now” reads every enabled source.</EmptyNote>
          ) : (
            <RunTable label="Recent runs; counts are offers" runs={syncs} asOf={runs.dataUpdatedAt} />
          )
        }
      </Loaded>
    </Panel>
  );
}
