import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { SchedulesScreen } from "#/ui/schedules/schedules-screen.tsx";

export const metadata: Metadata = { title: "Schedules" };

export default function SchedulesPage() {
  return (
    <Prefetched
      load={(trpc, queries) => [
        queries.fetchQuery(trpc.schedules.list.queryOptions()),
        queries.fetchQuery(trpc.sources.list.queryOptions()),
      ]}
    >
      <SchedulesScreen />
    </Prefetched>
  );
}
