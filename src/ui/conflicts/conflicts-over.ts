import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "#/api/router.ts";

export const PERCENTS = ["1", "5", "10", "25", "50", "100", "900"];
const USUAL = "5";
const SHOWN = 100;

/** How far apart conflicts are at least, in percent, as the address says it. */
export function readOver(text: string | null): string {
  return PERCENTS.find((one) => one === text) ?? USUAL;
}

/** The conflicts that are further apart. The server asks in the same way. */
export function conflictsOver(trpc: TRPCOptionsProxy<AppRouter>, over: string) {
  return trpc.prices.conflicts.queryOptions({ overPercent: Number(over), limit: SHOWN });
}
