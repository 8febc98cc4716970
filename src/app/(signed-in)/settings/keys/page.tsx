import type { Metadata } from "next";
import { KeysPanel } from "#/ui/settings/keys-panel.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { Restricted } from "#/ui/settings/restricted.tsx";

export const metadata: Metadata = { title: "Keys" };

export default function KeysPage() {
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.access.keys.queryOptions())]}>
      <Restricted action="access.keys" title="Keys">
        <KeysPanel />
      </Restricted>
    </Prefetched>
  );
}
