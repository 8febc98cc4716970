import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { SettingsScreen } from "#/ui/settings/settings-screen.tsx";

export const metadata: Metadata = { title: "Settings" };

export default function SettingsPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.access.me.queryOptions()),
        queries.fetchQuery(trpc.access.sessions.queryOptions()),
      ]}
    >
      <SettingsScreen />
    </Prefetched>
  );
}
