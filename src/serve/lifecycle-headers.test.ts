import { expect, test } from "vitest";
import { lifecycleHeaders } from "#/serve/lifecycle-headers.ts";

type Facts = Readonly<{ deprecated_on?: string; replaced_by?: string; sunset_on?: string }>;
const price = (seller: string, facts: Facts = {}) =>
  JSON.stringify({ seller, model: "a/m é", variant: "default", facts: { ...facts, from: {} } });

test("an answer ends with the last of its prices, at the first instant of that day in UTC", () => {
  const days = ["2026-10-15", "2026-12-01", "2026-11-30"];
  expect(lifecycleHeaders(days.map((day, index) => price(`seller-${index}`, { sunset_on: day })))).toEqual({
    sunset: "Tue, 01 Dec 2026 00:00:00 GMT",
    link: '</prices/seller-0/a/m%20%C3%A9>; rel="sunset"',
  });
});

test("an answer is deprecated from the last of its days on, in seconds since 1970", () => {
  const days = ["2026-05-07", "2026-05-09"];
  expect(lifecycleHeaders(days.map((day) => price("x", { deprecated_on: day })))).toEqual({
    deprecation: "@1778284800",
    link: '</prices/x/a/m%20%C3%A9>; rel="deprecation"',
  });
});

test("what takes a model's place is linked, at the seller if there is one, and not where two are named", () => {
  const day = "2026-05-07";
  const of = (seller: string, model?: string) =>
    price(seller, { deprecated_on: day, ...(model === undefined ? {} : { replaced_by: model }) });
  const successor = (...prices: string[]) =>
    /, (<[^>]*>); rel="successor-version"$/.exec(lifecycleHeaders(prices)["link"] ?? "")?.[1];
  expect(successor(of("x", "b/n & o"))).toBe("</v1/prices?model=b%2Fn+%26+o&seller=x>");
  expect(successor(of("x", "b/n"), of("y", "b/n"))).toBe("</v1/prices?model=b%2Fn>");
  expect(successor(of("x", "b/n"), of("y", "b/o"))).toBeUndefined();
  expect(successor(of("x", "b/n"), of("y"))).toBeUndefined();
});

test("an answer of which some price goes on, or without prices, does not end, whatever takes its place", () => {
  const ending = price("x", { deprecated_on: "2026-05-07", replaced_by: "b/n", sunset_on: "2026-10-15" });
  expect(lifecycleHeaders([ending, price("y", { replaced_by: "b/n" })])).toEqual({});
  expect(lifecycleHeaders([ending, price("y", { replaced_by: "b/n", sunset_on: "2026-10-15" })])).toEqual({
    sunset: "Thu, 15 Oct 2026 00:00:00 GMT",
    link: '</prices/x/a/m%20%C3%A9>; rel="sunset", </v1/prices?model=b%2Fn>; rel="successor-version"',
  });
  expect(lifecycleHeaders([])).toEqual({});
});
