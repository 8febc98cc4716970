import { expect, test } from "vitest";
import { isFiltered, readSyncFilters, syncFilterOf } from "#/ui/syncs/sync-filters.model.ts";

const read = (text: string) => readSyncFilters(new URLSearchParams(text));

test("the address names what the runs are narrowed to, and days are the reader's own", () => {
  const filters = read("status=failed&kind=dry_run&source=litellm&by=%20deploy%20&from=2026-08-01&to=2026-08-01");
  // The tests run in Kathmandu, at +05:45.
  expect(syncFilterOf(filters)).toEqual({
    statuses: ["failed"],
    kinds: ["dry_run"],
    source: "litellm",
    by: "deploy",
    from: "2026-07-31T18:15:00.000Z",
    to: "2026-08-01T18:15:00.000Z",
  });
  expect(isFiltered(filters)).toBe(true);
});

test("what means nothing narrows nothing", () => {
  for (const text of ["", "status=green&kind=all&from=soon&to=2026-13-45&by=%20&source="])
    expect([syncFilterOf(read(text)), isFiltered(read(text))]).toEqual([{}, false]);
});
