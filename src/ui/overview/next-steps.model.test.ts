import { expect, test } from "vitest";
import { findNextSteps } from "#/ui/overview/next-steps.model.ts";

const BEGUN = {
  held: 2,
  runs: [
    { jobId: "new", status: "success" },
    { jobId: "odd", status: "partial" },
    { jobId: "old", status: "partial" },
  ],
  sources: [{ name: "litellm", kind: "litellm" }],
  keys: 0,
  past: [],
} as const;
const namesOf = (known: Parameters<typeof findNextSteps>[0]) => findNextSteps(known).map(({ name }) => name);

test("somebody who has just begun is led to what is held, what went half well, a source and a key", () => {
  expect(findNextSteps(BEGUN).map(({ label, href }) => `${label} ${href}`)).toEqual([
    "Decide 2 held prices /review",
    "Look at the partial sync /syncs/odd",
    "Add a source of your own /sources",
    "Make a key for your gateway /settings/keys",
  ]);
});

test("a step is gone when it is done, when it was taken, and when there is nothing to do", () => {
  expect(namesOf({ ...BEGUN, held: 0 })).toEqual(["partial", "source", "key"]);
  expect(namesOf({ ...BEGUN, runs: [{ jobId: "new", status: "failed" }] })).toEqual(["review", "source", "key"]);
  expect(namesOf({ ...BEGUN, keys: 1 })).toEqual(["review", "partial", "source"]);
  expect(namesOf({ ...BEGUN, past: ["partial", "key"] })).toEqual(["review", "source"]);
});

test("who has a source and a key of their own is no newcomer", () => {
  const sources = [...BEGUN.sources, { name: "mine", kind: "litellm" }] as const;
  expect(namesOf({ ...BEGUN, sources })).toEqual(["review", "partial", "key"]);
  expect(namesOf({ ...BEGUN, sources, keys: 1 })).toEqual([]);
});
