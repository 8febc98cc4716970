import type { Metadata } from "next";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { auditPages, readAuditFilters } from "#/ui/settings/audit-pages.ts";
import { AuditPanel } from "#/ui/settings/audit-panel.tsx";
import { Restricted } from "#/ui/settings/restricted.tsx";

export const metadata: Metadata = { title: "Audit" };

type Props = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

export default async function AuditPage({ searchParams }: Props) {
  const query = new Map(Object.entries(await searchParams).map(([name, value]) => [name, String(value)]));
  const filters = readAuditFilters({ get: (name) => query.get(name) ?? null });
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchInfiniteQuery(auditPages(trpc, filters))]}>
      <Restricted action="access.audit" title="Changes">
        <AuditPanel />
      </Restricted>
    </Prefetched>
  );
}
