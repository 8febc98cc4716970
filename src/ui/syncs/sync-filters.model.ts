import { JOB_STATUSES, type JobStatus } from "#/terms/job-status.ts";
import { RUN_KINDS, type RunKind } from "#/terms/job-kind.ts";
import type { Inputs } from "#/ui/trpc.tsx";

/** What the list of runs is narrowed to, as the address has it. Days are `2026-11-01`, in the reader's zone. */
export type SyncFilters = Readonly<{
  status: JobStatus | undefined;
  kind: RunKind | undefined;
  source: string | undefined;
  by: string;
  from: string | undefined;
  /** The last day that is shown. */
  to: string | undefined;
}>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the address says; a text that means nothing counts as not there. */
export function readSyncFilters(query: Readonly<{ get: (name: string) => string | null }>): SyncFilters {
  return {
    status: JOB_STATUSES.find((known) => known === query.get("status")),
    kind: RUN_KINDS.find((known) => known === query.get("kind")),
    source: query.get("source")?.slice(0, 100) || undefined,
    by: (query.get("by") ?? "").slice(0, 200),
    from: readDay(query.get("from")),
    to: readDay(query.get("to")),
  };
}

function readDay(text: string | null): string | undefined {
  return text !== null && DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : undefined;
}

/** What days do not narrow. */
export function runFilterOf({ status, kind, source, by }: SyncFilters) {
  return {
    ...(status === undefined ? {} : { statuses: [status] }),
    ...(kind === undefined ? {} : { kinds: [kind] }),
    ...(source === undefined ? {} : { source }),
    ...(by.trim() === "" ? {} : { by: by.trim() }),
  };
}

/** As the API takes it: from the first midnight of the first day to the midnight after the last, where this code runs. */
export function syncFilterOf(filters: SyncFilters): Omit<Inputs["syncs"]["list"], "limit" | "cursor"> {
  const { from, to } = filters;
  return {
    ...runFilterOf(filters),
    ...(from === undefined ? {} : { from: midnight(from, 0) }),
    ...(to === undefined ? {} : { to: midnight(to, 1) }),
  };
}

// The day after a day is not always 24 hours later.
function midnight(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}

export function isFiltered(filters: SyncFilters): boolean {
  return Object.keys(syncFilterOf(filters)).length > 0;
}
