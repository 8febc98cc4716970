import { expect, test } from "vitest";
import { evidenceGroups } from "#/ui/review/hold-evidence.model.ts";

const says = (source: string, input: string, output: string) => ({
  source,
  seller: "acme",
  model: "m",
  amounts: { "input/token": input, "output/token": output },
});
const CHEAP = says("litellm", "0.000001", "0.000004");
const LINE = "litellm says acme asks $1.00 in, $4.00 out per 1M tokens";

test("what other sources say about a held price is shown once while nothing has moved", () => {
  expect(evidenceGroups({ evidence: [CHEAP], evidenceNow: [CHEAP] })).toEqual([{ lines: [LINE] }]);
  expect(evidenceGroups({ evidence: [], evidenceNow: [] })).toEqual([{ lines: ["No other source has this model."] }]);
});

test("a source that has the model only now is shown beside what was known when the price was held", () => {
  expect(evidenceGroups({ evidence: [], evidenceNow: [CHEAP] })).toEqual([
    { when: "When it was held", lines: ["No other source had this model."] },
    { when: "Now", lines: [LINE] },
  ]);
  expect(evidenceGroups({ evidence: [CHEAP], evidenceNow: [] })).toEqual([
    { when: "When it was held", lines: [LINE] },
    { when: "Now", lines: ["No other source has this model any more."] },
  ]);
});

test("a source that asks something else now is shown with both of its prices", () => {
  const dear = says("litellm", "0.000002", "0.000008");
  expect(evidenceGroups({ evidence: [CHEAP], evidenceNow: [dear] }).map(({ lines }) => lines)).toEqual([
    [LINE],
    ["litellm says acme asks $2.00 in, $8.00 out per 1M tokens"],
  ]);
});
