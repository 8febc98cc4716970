"use client";

import { useQuery } from "@tanstack/react-query";
import { NEEDED_ROLE, type Action } from "#/terms/role-table.ts";
import { hasRole } from "#/terms/role.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Why the reader may not do an action, in words; undefined when they may, and while who they are is not known. */
export function useRefusal(action: Action): string | undefined {
  const { data: me } = useQuery({ ...useTRPC().access.me.queryOptions(), staleTime: 60_000 });
  const needed = NEEDED_ROLE[action];
  if (me === undefined || hasRole(me.role, needed)) return undefined;
  return `This needs the role ${needed}; yours is ${me.role}.`;
}
