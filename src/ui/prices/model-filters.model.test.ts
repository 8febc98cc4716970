import { expect, test } from "vitest";
import { filterQuery, readFilters } from "#/ui/prices/model-filters.model.ts";

test("filters lead into the address and back", () => {
  const filters = {
    search: "gpt 5%",
    source: "openrouter",
    state: "unknown" as const,
    mark: "stale" as const,
    context: 200_000 as number | undefined,
    takes: "image",
    mode: "chat",
  };
  expect(readFilters(new URLSearchParams(filterQuery(filters)))).toEqual(filters);
});

test("an address with nothing to say is left clean", () => {
  expect(filterQuery(readFilters(new URLSearchParams("q=+&context=&takes=&mode=")))).toBe("");
});

test("a state that doesn't exist narrows nothing", () => {
  expect(readFilters(new URLSearchParams("state=cheap")).state).toBeUndefined();
});
