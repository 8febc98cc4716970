import { expect, test } from "vitest";
import { csvHref, filtersInAddress, isFiltered, readFilters } from "#/ui/prices/model-filters.model.ts";

const filters = {
  search: "gpt 5%",
  source: "openrouter",
  seller: "openai",
  state: "unknown" as const,
  mark: "stale" as const,
  context: 200_000 as number | undefined,
  mode: "chat",
};

test("filters lead into the address and back", () => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filtersInAddress(filters))) query.set(name, value ?? "");
  expect(readFilters(query)).toEqual(filters);
});

test("an address with nothing to say narrows nothing", () => {
  const nothing = readFilters(new URLSearchParams("q=+&context=&mode=&seller="));
  expect(isFiltered(nothing)).toBe(false);
  expect(csvHref(nothing)).toBe("/v1/export/csv?search=");
});

test("a state that doesn't exist narrows nothing", () => {
  expect(readFilters(new URLSearchParams("state=cheap")).state).toBeUndefined();
});

test("the CSV is asked for with every filter of the list", () => {
  expect(csvHref(filters)).toBe(
    "/v1/export/csv?search=gpt+5%25&source=openrouter&seller=openai&state=unknown&mark=stale&contextTokens=200000&mode=chat",
  );
});
