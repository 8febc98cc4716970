import { describe, expect, test } from "vitest";
import { describeTruth, type Source } from "#/ui/overview/source-truth.model.ts";

const source = (patch: Partial<Source>): Source => ({
  name: "a",
  kind: "litellm",
  url: "https://host/x",
  enabled: true,
  rank: 1,
  apiKeyEnv: null,
  options: {},
  guard: {},
  lastAttemptAt: null,
  lastSuccessAt: "2026-08-01T12:00:00Z",
  ageSeconds: 60,
  staleAfterSeconds: 86_400,
  observedAt: null,
  lastOutcome: "applied",
  lastError: null,
  retryAfter: null,
  successRate: 1,
  recentFetches: [],
  ...patch,
});
const fresh = source({});
const failed = source({ name: "b", lastOutcome: "failed", lastError: "host answered 502." });

describe("one sentence of truth", () => {
  test.each([
    [[], "There is no source yet, so no price is known", "quiet"],
    [[source({ enabled: false })], "Every source is disabled, so prices only age", "bad"],
    [[fresh, source({ name: "c" })], "All 2 sources are fresh", "good"],
    [[fresh, failed], "1 of 2 sources failed (b): host answered 502", "bad"],
    [[failed], "The one source, b, failed: host answered 502", "bad"],
    [
      [source({ lastSuccessAt: null, ageSeconds: null, lastOutcome: null })],
      "No source has been read yet: sync now to fill the book",
      "quiet",
    ],
    [
      [fresh, source({ lastSuccessAt: null, ageSeconds: null, lastOutcome: null })],
      "1 of 2 sources has never been read",
      "bad",
    ],
    [[fresh, source({ ageSeconds: 200_000 })], "1 of 2 sources is stale, the oldest read 2 days ago", "bad"],
  ] as const)("%#: %j", (sources, text, tone) => {
    expect(describeTruth({ sources, passedSeconds: 0, held: { open: 0, worstRatio: null } })).toEqual({ text, tone });
  });

  test("a disabled source that failed is nobody's worry", () => {
    expect(
      describeTruth({
        sources: [fresh, { ...failed, enabled: false }],
        passedSeconds: 0,
        held: { open: 0, worstRatio: null },
      }).tone,
    ).toBe("good");
  });

  test("is not good while a price waits for review, and says how many", () => {
    expect(describeTruth({ sources: [fresh], passedSeconds: 0, held: { open: 1, worstRatio: null } })).toEqual({
      text: "The one source is fresh; 1 price waits for review",
      tone: "warn",
    });
    expect(describeTruth({ sources: [fresh, failed], passedSeconds: 0, held: { open: 2, worstRatio: null } })).toEqual({
      text: "1 of 2 sources failed (b): host answered 502; 2 prices wait for review",
      tone: "bad",
    });
  });

  test("says what is not known, and is never good without it", () => {
    const none = { open: 0, worstRatio: null };
    expect(describeTruth({ sources: [fresh], passedSeconds: 0, held: undefined })).toEqual({
      text: "The one source is fresh; how many prices wait for review is not known",
      tone: "warn",
    });
    expect(describeTruth({ sources: [failed], passedSeconds: 0, held: undefined }).tone).toBe("bad");
    expect(describeTruth({ sources: undefined, passedSeconds: 0, held: none })).toEqual({
      text: "Whether the prices are fresh is not known",
      tone: "warn",
    });
    expect(describeTruth({ sources: undefined, passedSeconds: 0, held: { ...none, open: 3 } }).text).toBe(
      "Whether the prices are fresh is not known; 3 prices wait for review",
    );
  });

  test("says how far off the worst of the waiting prices is", () => {
    const known = { sources: [fresh], passedSeconds: 0 };
    expect(describeTruth({ ...known, held: { open: 202, worstRatio: "1000" } }).text).toContain(
      "202 prices wait for review (the worst ×1,000)",
    );
    expect(describeTruth({ ...known, held: { open: 1, worstRatio: "0.01" } }).text).toContain("review (÷100)");
  });

  test("freshness passes while nobody asks the server", () => {
    expect(describeTruth({ sources: [fresh], passedSeconds: 90_000, held: { open: 0, worstRatio: null } }).tone).toBe(
      "bad",
    );
  });
});
