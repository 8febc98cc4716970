import { expect, test } from "vitest";
import { describeChange } from "#/ui/settings/describe-change.model.ts";

test("a change is said field by field, and what says nothing is left out", () => {
  expect(describeChange({ role: "viewer", same: 1 }, { role: "admin", same: 1 })).toEqual(["role: viewer → admin"]);
  expect(describeChange(null, { url: "https://a.example/", options: {}, apiKeyEnv: null })).toEqual([
    "url: https://a.example/",
  ]);
  expect(describeChange({ guard: { jumpUp: 5 } }, { guard: {} })).toEqual(['guard: {"jumpUp":5} → none']);
  expect(describeChange({ role: "admin" }, undefined)).toEqual(["role: admin → none"]);
  expect(describeChange(undefined, null)).toEqual([]);
  expect(describeChange({ events: ["sync.failed", "price.held"] }, { events: [] })).toEqual([
    "events: sync.failed, price.held → none",
  ]);
  expect(describeChange([{ a: 1 }], "b")).toEqual(['value: [{"a":1}] → b']);
});
