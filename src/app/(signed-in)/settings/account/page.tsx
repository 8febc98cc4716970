import type { Metadata } from "next";
import { AccountPanel } from "#/ui/settings/account-panel.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";

export const metadata: Metadata = { title: "My account" };

export default function AccountPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.access.me.queryOptions()),
        queries.fetchQuery(trpc.access.sessions.queryOptions()),
      ]}
    >
      <AccountPanel />
    </Prefetched>
  );
}
