import { expect, test } from "vitest";
import { instantOfLocalMinute, localMinuteOf } from "#/ui/time/local-minute.model.ts";

test("a typed minute is one of the reader's zone, and comes back as it was typed", () => {
  const instant = instantOfLocalMinute("2026-12-31T18:00");
  expect(instant).toBe("2026-12-31T12:15:00.000Z");
  expect(localMinuteOf(instant ?? "")).toBe("2026-12-31T18:00");
});

test.each(["", "2026-12-31", "2026-13-01T00:00", "tomorrow"])("%j is no minute", (text) => {
  expect(instantOfLocalMinute(text)).toBeUndefined();
});
