import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { RetentionPanel } from "#/ui/settings/retention-panel.tsx";

export const metadata: Metadata = { title: "Retention" };

export default function RetentionPage() {
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.system.retention.queryOptions())]}>
      <RetentionPanel />
    </Prefetched>
  );
}
