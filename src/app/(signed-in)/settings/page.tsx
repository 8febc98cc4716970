import { redirect } from "next/navigation";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { firstSection } from "#/ui/settings/sections.model.ts";

/** Leads to the first section that the reader may see. */
export default function SettingsPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.access.me.queryOptions()).then(({ role }) => redirect(firstSection(role))),
      ]}
    >
      {null}
    </Prefetched>
  );
}
