import { describe, expect, test } from "vitest";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { addEvent, logLines, NO_EVENTS } from "#/ui/run/log/event-list.model.ts";

const event = (id: string, message = "m", kind: SyncEvent["kind"] = "progress"): SyncEvent => ({
  id,
  jobId: "j",
  at: `2026-08-01T12:00:${id.padStart(2, "0")}Z`,
  kind,
  data: { message, status: "running" },
});

describe("a sync's events", () => {
  test("are kept once each when a replay brings them again", () => {
    const list = ["8", "9", "10", "9", "10", "11"].reduce((seen, id) => addEvent(seen, event(id)), NO_EVENTS);
    expect(list.map(({ id }) => id)).toEqual(["8", "9", "10", "11"]);
  });

  test("stand in the order of their ids even when one comes late", () => {
    const list = ["8", "10", "9"].reduce((seen, id) => addEvent(seen, event(id)), NO_EVENTS);
    expect(list.map(({ id }) => id)).toEqual(["8", "9", "10"]);
  });
});

describe("the log", () => {
  test("counts the same progress said in a row, and hides nothing else", () => {
    const lines = logLines([
      event("1", "Queued", "queued"),
      event("2", "a fetching"),
      event("3", "a fetching"),
      event("4", "a parsing"),
      event("5", "a fetching"),
    ]);
    expect(lines.map(({ message, times }) => [message, times])).toEqual([
      ["Queued", 1],
      ["a fetching", 2],
      ["a parsing", 1],
      ["a fetching", 1],
    ]);
    expect(lines[1]?.lastAt).toBe("2026-08-01T12:00:03Z");
  });
});
