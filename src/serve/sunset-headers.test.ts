import { expect, test } from "vitest";
import { sunsetHeaders } from "#/serve/sunset-headers.ts";

const price = (seller: string, sunsetOn?: string) =>
  JSON.stringify({ seller, model: "a/m é", variant: "default", facts: { sunset_on: sunsetOn, from: {} } });

test("an answer ends with the last of its prices, at the first instant of that day in UTC", () => {
  expect(sunsetHeaders([price("x", "2026-10-15"), price("y", "2026-12-01"), price("z", "2026-11-30")])).toEqual({
    sunset: "Tue, 01 Dec 2026 00:00:00 GMT",
    link: '</prices/x/a/m%20%C3%A9>; rel="sunset"',
  });
});

test("an answer of which some price goes on, or without prices, does not end", () => {
  expect(sunsetHeaders([price("x", "2026-10-15"), price("y")])).toEqual({});
  expect(sunsetHeaders([])).toEqual({});
});
