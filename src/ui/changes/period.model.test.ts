import { expect, test } from "vitest";
import { changesInput, readPeriod } from "#/ui/changes/period.model.ts";

const NOW = Date.parse("2026-08-02T12:34:56Z");
const ask = (text: string) => changesInput(new URLSearchParams(text), NOW);
const read = (text: string) => readPeriod(new URLSearchParams(text), NOW);

test("the last day is asked for unless the address says more", () => {
  expect(read("")).toEqual({ from: "2026-08-01T12:00" });
  expect(read("from=2026-07-01T00:00&to=2026-07-02T00:00")).toEqual({
    from: "2026-07-01T00:00",
    to: "2026-07-02T00:00",
  });
  expect(read("from=soon&to=later")).toEqual({ from: "2026-08-01T12:00" });
});

test("the server and the browser ask the same within an hour, with what is known by its end when it is asked for", () => {
  expect(ask("")).toEqual({ from: "2026-08-01T12:00:00Z", limit: 200 });
  expect(ask("from=2026-07-01T00:00&to=2026-07-02T00:00&known=now")).toEqual({
    from: "2026-07-01T00:00:00Z",
    to: "2026-07-02T00:00:00Z",
    knownAt: "2026-08-02T13:00:00Z",
    limit: 200,
  });
});
