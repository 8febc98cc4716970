import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { WebhooksPanel } from "#/ui/webhooks/webhooks-panel.tsx";

export const metadata: Metadata = { title: "Webhooks" };

export default function WebhooksPage() {
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.alerts.endpoints.queryOptions())]}>
      <WebhooksPanel />
    </Prefetched>
  );
}
