import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { auditPages, readAuditFilters } from "#/ui/settings/audit-pages.ts";
import { AuditPanel } from "#/ui/settings/audit-panel.tsx";
import { Restricted } from "#/ui/settings/restricted.tsx";

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage({ searchParams }: WithQuery) {
  const filters = readAuditFilters(await readQuery(searchParams));
  return (
    <Prefetched load={(trpc, queries) => [queries.fetchInfiniteQuery(auditPages(trpc, filters))]}>
      <Restricted action="access.audit" title="Changes">
        <AuditPanel />
      </Restricted>
    </Prefetched>
  );
}
