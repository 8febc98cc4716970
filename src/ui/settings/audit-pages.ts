import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";

/** What the address of the audit says. */
export type AuditFilters = Readonly<{ search: string; action: string }>;

export function readAuditFilters(query: { get: (name: string) => string | null }): AuditFilters {
  return { search: query.get("q") ?? "", action: query.get("action") ?? "" };
}

/** The record of changes that the filters let through, page by page. The server asks for the first page in the same way. */
export function auditPages(trpc: TRPCOptionsProxy<AppRouter>, { search, action }: AuditFilters) {
  return trpc.access.audit.infiniteQueryOptions(
    { limit: 25, ...(search === "" ? {} : { search }), ...(action === "" ? {} : { action }) },
    { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}
