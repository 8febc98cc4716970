import { describe, expect, test } from "vitest";
import { NO_COUNTS } from "#/terms/progress.ts";
import { mergeIntoActive, mergeIntoDetail, mergeIntoList, staleAfter } from "#/ui/live/merge-event.model.ts";
import type { SyncEvent } from "#/ui/live/sync-event.ts";

const running = {
  jobId: "j1",
  kind: "sync" as const,
  dryRun: false,
  status: "running" as const,
  trigger: "person" as const,
  triggeredBy: "a@b.co",
  startedBy: "a@b.co",
  counts: { changed: 0, new: 0, held: 0, rejected: 0 },
  sourceOutcomes: [],
  triggeredAt: "2026-08-01T12:00:00Z",
  startedAt: "2026-08-01T12:00:01Z",
  completedAt: null,
  durationSeconds: 3,
  errorMessage: null,
  sources: null,
  attempt: 1,
  worker: "w",
  cancelRequested: false,
  retryAt: null,
  retryOf: null,
  progress: { sources: { a: { phase: "fetching" as const } } },
  progressPercent: 10,
};
const detail = { ...running, input: {}, result: null, log: [], attempts: [], retriedBy: null, lastEventId: "9" };

function progressEvent(id: string, patch: Partial<SyncEvent> = {}): SyncEvent {
  const data = {
    message: "a parsing",
    status: "running" as const,
    progress: { sources: { a: { phase: "parsing" as const } } },
  };
  return { id, jobId: "j1", at: "2026-08-01T12:00:05Z", kind: "progress", data, ...patch };
}

describe("an event and what a page shows", () => {
  test("a newer event replaces the progress", () => {
    expect(mergeIntoDetail(detail, progressEvent("10"))?.progress?.sources["a"]?.phase).toBe("parsing");
  });

  test("progress tells all that a page shows of it, so nothing is asked again", () => {
    const event = progressEvent("10");
    expect(staleAfter(event)).toEqual([]);
    expect(mergeIntoDetail(detail, event)).toMatchObject({ progressPercent: 60, durationSeconds: 4 });
    const active = mergeIntoActive({ running: [running], queued: [] }, event);
    expect(active?.running[0]).toMatchObject({ progressPercent: 60, durationSeconds: 4 });
    const cancelling = mergeIntoActive({ running: [running], queued: [] }, { ...event, kind: "cancelling" });
    expect(cancelling?.running[0]).toMatchObject({ cancelRequested: true });
  });

  test("counts and outcomes follow the progress, in a list page by page too", () => {
    const counts = { ...NO_COUNTS, created: 3, held: 4 };
    const done = { sources: { a: { phase: "done" as const, outcome: "applied" as const, counts } } };
    const event = progressEvent("10", {
      kind: "source",
      data: { message: "a: 7 offers", status: "running", progress: done },
    });
    const after = {
      counts: { changed: 0, new: 3, held: 4, rejected: 0 },
      sourceOutcomes: [{ source: "a", outcome: "applied" }],
    };
    expect(mergeIntoDetail(detail, event)).toMatchObject(after);
    const page = { syncs: [{ ...running, jobId: "j2" }, running], nextCursor: null };
    expect(mergeIntoList(page, event)?.syncs).toMatchObject([{ counts: running.counts }, after]);
    const pages = { pages: [{ syncs: [], nextCursor: "c" }, page] };
    expect(mergeIntoList(pages, event)?.pages[1]?.syncs[1]).toMatchObject(after);
  });

  test("a replayed event never takes the page back in time", () => {
    expect(mergeIntoDetail(detail, progressEvent("8"))).toBe(detail);
    expect(mergeIntoDetail(detail, progressEvent("9"))).toBe(detail);
  });

  test("ids are compared as numbers, not as texts", () => {
    expect(mergeIntoDetail({ ...detail, lastEventId: "99" }, progressEvent("100"))?.lastEventId).toBe("100");
  });

  test("another sync's event changes nothing", () => {
    expect(mergeIntoDetail(detail, progressEvent("10", { jobId: "j2" }))).toBe(detail);
  });

  test("a sync that has ended is neither running nor queued any more", () => {
    const ended = progressEvent("10", { kind: "ended", data: { message: "Success", status: "success" } });
    expect(mergeIntoActive({ running: [running], queued: [] }, ended)).toEqual({ running: [], queued: [] });
  });

  test("prices are asked for anew only when a sync has ended", () => {
    expect(staleAfter(progressEvent("1"))).not.toContain("prices");
    expect(staleAfter(progressEvent("1", { kind: "ended" }))).toContain("prices");
  });
});
