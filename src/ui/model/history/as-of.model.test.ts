import { expect, test } from "vitest";
import { asOfInstants, asOfWords, readAsOf } from "#/ui/model/history/as-of.model.ts";

test("the address of a model's page holds the instants that are asked about, in UTC", () => {
  const asOf = readAsOf(new URLSearchParams("at=2026-08-01T12:00&knownAt=2026-07-01T00:00"));
  expect(asOfInstants(asOf)).toEqual({ at: "2026-08-01T12:00:00Z", knownAt: "2026-07-01T00:00:00Z" });
  expect(asOfWords(asOf)).toBe("at 2026-08-01 12:00 UTC, as it was known at 2026-07-01 00:00 UTC");
  expect(asOfWords({ knownAt: "2026-07-01T00:00" })).toBe("now, as it was known at 2026-07-01 00:00 UTC");
  expect(asOfWords({})).toBe("");
});

test.each(["yesterday", "2026-13-01T00:00", "2026-02-40T00:00", "2026-08-01", ""])(
  "%j in the address is no instant, and the page answers for now",
  (at) => expect(readAsOf(new URLSearchParams({ at }))).toEqual({}),
);
