import { expect, test } from "vitest";
import { NO_COUNTS } from "#/terms/progress.ts";
import { comparedCount, comparedPayload, type ComparedSource } from "#/ui/run/compare/compared.model.ts";

const part = (offers: number, payloadDigest: string | null) => ({
  outcome: "applied" as const,
  counts: { ...NO_COUNTS, offers },
  payloadDigest,
  bytes: null,
  errorMessage: null,
  seconds: 1,
});
const compared = (a: ComparedSource["a"], b: ComparedSource["b"]): ComparedSource => ({ source: "one", a, b });

test("a count that two runs agree on stands once, and one that differs stands for each", () => {
  expect(comparedCount(compared(part(1_200, "d"), part(1_200, "d")), "offers")).toEqual({
    text: "1,200",
    differs: false,
  });
  expect(comparedCount(compared(part(12, "d"), part(15, "d")), "offers")).toEqual({ text: "12 | 15", differs: true });
  expect(comparedCount(compared(null, part(0, "d")), "offers")).toEqual({ text: "– | 0", differs: true });
});

test("payloads are the same, differ, or are there in one run only", () => {
  expect(comparedPayload(compared(part(1, "d"), part(1, "d"))).text).toBe("the same");
  expect(comparedPayload(compared(part(1, "d"), part(1, "e")))).toEqual({ text: "differs", differs: true });
  expect(comparedPayload(compared(part(1, "d"), null)).text).toBe("in one run only");
  expect(comparedPayload(compared(part(1, null), part(1, null))).text).toBe("none");
});
