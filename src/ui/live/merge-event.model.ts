import type { SyncEvent } from "#/ui/live/sync-event.ts";
import type { Outputs } from "#/ui/trpc.tsx";

type SyncDetail = Outputs["syncs"]["get"];
type ActiveSyncs = Outputs["syncs"]["active"];
type SyncSummary = ActiveSyncs["running"][number];

export function isEnded(status: SyncSummary["status"]): boolean {
  return status !== "queued" && status !== "running";
}

function mergeSummary<T extends SyncSummary>(sync: T, { data }: SyncEvent): T {
  return {
    ...sync,
    status: data.status,
    attempt: data.attempt ?? sync.attempt,
    progress: data.progress ?? sync.progress,
  };
}

/** What a sync's page shows once an event has come in. Older than what it shows already: nothing changes. */
export function mergeIntoDetail(detail: SyncDetail | undefined, event: SyncEvent): SyncDetail | undefined {
  if (detail === undefined || detail.jobId !== event.jobId) return detail;
  if (BigInt(event.id) <= BigInt(detail.lastEventId)) return detail;
  const merged = { ...mergeSummary(detail, event), lastEventId: event.id };
  return { ...merged, cancelRequested: detail.cancelRequested || event.kind === "cancelling" };
}

/** Progress and an end show at once; who else moves up is the server's to say, a moment later. */
export function mergeIntoActive(active: ActiveSyncs | undefined, event: SyncEvent): ActiveSyncs | undefined {
  if (active === undefined) return active;
  if (isEnded(event.data.status)) {
    const others = (sync: SyncSummary) => sync.jobId !== event.jobId;
    return { running: active.running.filter(others), queued: active.queued.filter(others) };
  }
  const running = active.running.map((sync) => (sync.jobId === event.jobId ? mergeSummary(sync, event) : sync));
  return { ...active, running: running.filter(({ status }) => status === "running") };
}

/** The answers that an event makes out of date. */
export type Stale = "active" | "detail" | "list" | "lock" | "sources" | "prices";

const STALE: Readonly<Record<SyncEvent["kind"], readonly Stale[]>> = {
  queued: ["active", "list"],
  started: ["active", "detail", "list", "lock"],
  progress: ["active", "detail"],
  source: ["active", "detail", "list", "sources"],
  cancelling: ["active", "detail"],
  requeued: ["active", "detail", "list", "lock"],
  ended: ["active", "detail", "list", "lock", "sources", "prices"],
};

export function staleAfter(event: SyncEvent): readonly Stale[] {
  return STALE[event.kind];
}
