import { isEnded } from "#/terms/job-status.ts";
import { percentDone } from "#/terms/percent-done.ts";
import { summarizeProgress } from "#/terms/summarize-progress.ts";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import type { Outputs } from "#/ui/trpc.tsx";

type SyncDetail = Outputs["syncs"]["get"];
type ActiveSyncs = Outputs["syncs"]["active"];
type SyncSummary = ActiveSyncs["running"][number];

function mergeSummary<T extends SyncSummary>(sync: T, { kind, at, data }: SyncEvent): T {
  const progress = data.progress ?? sync.progress;
  return {
    ...sync,
    status: data.status,
    attempt: data.attempt ?? sync.attempt,
    progress,
    progressPercent: percentDone(progress),
    ...summarizeProgress(progress),
    // Both instants are the database's.
    durationSeconds: sync.startedAt === null ? null : Math.max(0, Date.parse(at) - Date.parse(sync.startedAt)) / 1_000,
    cancelRequested: sync.cancelRequested || kind === "cancelling",
  };
}

/** What a sync's page shows once an event has come in. Older than what it shows already: nothing changes. */
export function mergeIntoDetail(detail: SyncDetail | undefined, event: SyncEvent): SyncDetail | undefined {
  if (detail === undefined || detail.jobId !== event.jobId) return detail;
  if (BigInt(event.id) <= BigInt(detail.lastEventId)) return detail;
  return { ...mergeSummary(detail, event), lastEventId: event.id };
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

/** A page of a list of syncs, or all that a list has loaded of them. */
type Listed = Outputs["syncs"]["list"];
type ListedPages = Readonly<{ pages: readonly Listed[] }>;

/** A sync in a list shows what it comes to while it runs; whether it still belongs there is the server's to say. */
export function mergeIntoList<T extends Listed | ListedPages>(list: T | undefined, event: SyncEvent): T | undefined {
  if (list === undefined) return list;
  if ("pages" in list) return { ...list, pages: list.pages.map((page) => mergeIntoPage(page, event)) };
  return { ...list, ...mergeIntoPage(list, event) };
}

function mergeIntoPage(page: Listed, event: SyncEvent): Listed {
  if (page.syncs.every(({ jobId }) => jobId !== event.jobId)) return page;
  return { ...page, syncs: page.syncs.map((sync) => (sync.jobId === event.jobId ? mergeSummary(sync, event) : sync)) };
}

/** The answers that an event makes out of date. */
export type Stale = "active" | "detail" | "list" | "lock" | "sources" | "prices";

const STALE: Readonly<Record<SyncEvent["kind"], readonly Stale[]>> = {
  queued: ["active", "list"],
  started: ["active", "detail", "list", "lock"],
  // It tells where every source stands: nothing is left to ask.
  progress: [],
  source: ["detail", "sources"],
  cancelling: [],
  requeued: ["active", "detail", "list", "lock"],
  ended: ["active", "detail", "list", "lock", "sources", "prices"],
};

export function staleAfter(event: SyncEvent): readonly Stale[] {
  return STALE[event.kind];
}
