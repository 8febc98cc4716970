import type { Metadata } from "next";
import { PeoplePanel } from "#/ui/settings/people-panel.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { Restricted } from "#/ui/settings/restricted.tsx";

export const metadata: Metadata = { title: "People" };

export default function PeoplePage() {
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchQuery(trpc.access.users.queryOptions())]}>
      <Restricted action="access.users" title="People">
        <PeoplePanel />
      </Restricted>
    </Prefetched>
  );
}
