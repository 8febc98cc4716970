import { expect, test } from "./fixtures.ts";

// The last file: what all others have done to the book is worked out again.
test("after everything that the browser has done, the rates are what history, pins, ranks and spellings say", async ({
  api,
}) => {
  const check = await api.query<{ rates: number; differences: unknown[]; total: number }>("prices.verify");
  expect(check).toMatchObject({ differences: [], total: 0 });
  expect(check.rates).toBeGreaterThan(100);
});
