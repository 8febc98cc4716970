import { expect, test } from "vitest";
import type { EffectivePrice, ListedRate, PricedOffer, RateHistoryEntry } from "#/cli/api-types.ts";
import {
  formatCharge,
  formatEffective,
  formatHistory,
  formatPricedOffers,
  formatRateList,
} from "#/cli/format-price.ts";

test("prices are shown exactly, in the unit people read", () => {
  expect(formatCharge({ amount: "0.0000025", unit: "token" })).toBe("$2.50 per 1M tokens");
  expect(formatCharge({ amount: "0.0000000375", unit: "token" })).toBe("$0.0375 per 1M tokens");
  expect(formatCharge({ amount: "1250.5", unit: "image" })).toBe("$1,250.50 per image");
});

test("an amount that is not a number is unknown, never 0", () => {
  expect(formatCharge({ amount: "NaN", unit: "token" })).toBe("unknown");
});

const listed: ListedRate = {
  seller: "openai",
  model: "gpt-5",
  variant: "default",
  state: "priced",
  charges: [
    { meter: "input", unit: "token", amount: "0.00000125" },
    { meter: "input", unit: "token", amount: "0.0000025", tier: { above: 1_000 } },
    { meter: "output", unit: "token", amount: "0.00001" },
  ],
  from: ["litellm"],
  validFrom: "2026-08-01T12:00:00Z",
  isHeld: false,
  isPinned: false,
  isSunsetSoon: false,
  facts: { from: {} },
  offers: [],
};

test("what counts is followed by its facts, each with who says so", () => {
  const price: EffectivePrice = {
    seller: "openai",
    model: "gpt-5",
    variant: "default",
    state: "unknown",
    charges: [],
    validFrom: "2026-08-01T12:00:00Z",
    cause: "sync",
    version: "7",
    facts: {
      contextTokens: 400_000,
      sunsetOn: "2026-12-10",
      from: { contextTokens: "litellm", sunsetOn: "models-dev" },
    },
  };
  expect(formatEffective([price]).split("\n").slice(2)).toEqual([
    "  Context        400,000 tokens, says litellm",
    "  Sunset on      2026-12-10, says models-dev",
    "",
  ]);
});

test("a list lines up its prices on the right and keeps unknown apart from free", () => {
  const free: ListedRate = { ...listed, model: "tiny", variant: "batch", state: "free", charges: [] };
  const unknown: ListedRate = { ...listed, model: "new", state: "unknown", charges: [] };
  expect(formatRateList([listed, free, unknown]).split("\n").slice(0, 4)).toEqual([
    "MODEL         SELLER  FROM       INPUT   OUTPUT",
    "gpt-5         openai  litellm   $1.25+   $10.00",
    "tiny [batch]  openai  litellm     free     free",
    "new           openai  litellm  unknown  unknown",
  ]);
});

test("a timeline says of each price since when and until when it counts, and what was taken back", () => {
  const { seller, model, variant, state, charges, from } = listed;
  const entry: RateHistoryEntry = {
    seller,
    model,
    variant,
    state,
    charges,
    from,
    id: "2",
    version: "7",
    previousState: null,
    previousCharges: null,
    effectiveAt: "2026-08-01T12:00:00Z",
    observedAt: "2026-08-01T12:00:01Z",
    validTo: null,
    cause: "sync",
    jobId: null,
    actor: null,
    reason: null,
    monthlyImpactUsd: null,
    announced: false,
    withdrawnAt: null,
    pinnedMeters: [],
  };
  const before = { ...entry, effectiveAt: "2026-07-01T00:00:00Z", validTo: entry.effectiveAt, version: "3" };
  const [titles, ...lines] = formatHistory([entry, { ...before, withdrawnAt: entry.observedAt }]).split("\n");
  expect(titles?.split(/ {2,}/)).toEqual([
    "SINCE",
    "UNTIL",
    "SELLER",
    "VARIANT",
    "INPUT",
    "OUTPUT",
    "FROM",
    "CAUSE",
    "VERSION",
  ]);
  expect(lines[0]).toMatch(/^2026-08-01 12:00:00 UTC {5,}openai .*litellm +sync +7$/);
  expect(lines[1]).toMatch(/^2026-07-01 00:00:00 UTC {2}2026-08-01 12:00:00 UTC .*sync, taken back +3$/);
});

test("a model's answer carries its provenance, and no price where none is known", () => {
  const { seller, variant } = listed;
  const offer: PricedOffer = {
    source: "litellm",
    seller,
    variant,
    state: "unknown",
    charges: [],
    model: "evil\u001b[2J",
    effectiveAt: "2026-08-01T12:00:00Z",
    provenance: { jobId: "job-1", payloadDigest: null, observedAt: "2026-08-01T12:00:01Z", cause: "sync" },
    listing: {
      id: "gpt-5",
      listedAs: "openai",
      derivedFrom: null,
      missedPayloads: 0,
      missingSince: null,
      staleSince: null,
      delistedAt: null,
      heldBy: null,
    },
    discount: null,
  };
  const text = formatPricedOffers([offer]);
  expect(text).toContain("  unknown: the source does not say\n");
  expect(text).toContain("  by sync        job-1\n");
  expect(text).not.toContain("$0");
  expect(text).not.toContain("\u001b");
});
