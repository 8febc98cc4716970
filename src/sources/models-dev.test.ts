import { expect, test } from "vitest";
import { chargeKey } from "#/price/charge.ts";
import { modelsDevAdapter } from "#/sources/models-dev.ts";

function sheetOf(catalogue: object) {
  const outcome = modelsDevAdapter.parse(JSON.stringify(catalogue), { observedAt: "2026-08-01T00:00:00Z" });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet;
}

const text = { modalities: { output: ["text"] } };
const paid = { id: "paid", ...text, cost: { input: 2.5, output: 10 } };
const zero = { id: "zero", ...text, cost: { input: 0, output: 0 } };

const sellerOf = (...models: readonly { id: string }[]) => ({
  id: "acme",
  models: Object.fromEntries(models.map((model) => [model.id, model])),
});

function readModel(fields: object) {
  const { offers, rejects } = sheetOf({ acme: sellerOf({ id: "one", ...text, ...fields }, paid) });
  const mine = offers.filter(({ model }) => model === "one");
  return {
    rejects,
    offers: mine,
    lines: mine.flatMap(({ variant, charges }) =>
      charges.map((charge) => `${variant} ${chargeKey(charge)} ${charge.amount}`),
    ),
  };
}

const stateAt = (seller: string, model: { id: string; cost?: object; modalities?: object }) =>
  sheetOf({ [seller]: sellerOf(model, paid) }).offers.find((offer) => offer.model === model.id)?.state;

test("prices per million become prices per token, exactly", () => {
  expect(sheetOf({ acme: sellerOf(paid) }).offers).toEqual([
    {
      seller: "acme",
      model: "paid",
      variant: "default",
      listing: "acme/paid",
      facts: { outputModalities: ["text"] },
      state: "priced",
      charges: [
        { meter: "input", unit: "token", amount: "0.0000025" },
        { meter: "output", unit: "token", amount: "0.00001" },
      ],
    },
  ]);
});

test("every field of a cost has its meter", () => {
  const cost = { input: 1, output: 2, cache_read: 3, cache_write: 4, reasoning: 5, input_audio: 6, output_audio: 7 };
  expect(readModel({ cost }).lines).toEqual([
    "default input/token 0.000001",
    "default output/token 0.000002",
    "default cache_read/token 0.000003",
    "default cache_write/token 0.000004",
    "default reasoning/token 0.000005",
    "default input_audio/token 0.000006",
    "default output_audio/token 0.000007",
  ]);
});

test("the older spelling of a tier counts only when there are no tiers", () => {
  const tiers = [{ input: 4, tier: { type: "context", size: 272000 } }];
  expect(readModel({ cost: { input: 2, tiers, context_over_200k: { input: 9 } } }).lines).toEqual([
    "default input/token 0.000002",
    "default input/token>272000 0.000004",
  ]);
  expect(readModel({ cost: { input: 2, context_over_200k: { input: 9 } } }).lines).toEqual([
    "default input/token 0.000002",
    "default input/token>200000 0.000009",
  ]);
});

test("a tier that counts something else is refused, and the rest counts", () => {
  const tiers = [
    { input: 4, tier: { type: "requests", size: 5 } },
    { input: 5, tier: { type: "context", size: 5, region: "eu" } },
    { input: 6, tier: { type: "context", size: 6 }, per_song: 1 },
  ];
  const { lines, rejects } = readModel({ cost: { input: 2, tiers } });
  expect(lines).toEqual(["default input/token 0.000002"]);
  expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
    "acme.models.one.cost.tiers[0] unit_unknown",
    "acme.models.one.cost.tiers[1] unit_unknown",
    "acme.models.one.cost.tiers[2] unit_unknown",
  ]);
});

test("a mode with a cost is a variant, and a mode without one is nothing", () => {
  const experimental = { modes: { fast: { cost: { input: 6, output: 30 } }, pro: { provider: {} } } };
  expect(readModel({ cost: { input: 2 }, experimental }).lines).toEqual([
    "default input/token 0.000002",
    "speed=fast input/token 0.000006",
    "speed=fast output/token 0.00003",
  ]);
});

test("a model without a cost is unknown", () => {
  for (const cost of [undefined, null, {}, { input: null }])
    expect(readModel({ cost }).offers).toMatchObject([{ state: "unknown", charges: [] }]);
});

test("0 is free at a seller that also sells", () => {
  expect(sheetOf({ acme: sellerOf(zero, paid) }).offers[0]).toMatchObject({
    state: "free",
    charges: [{ amount: "0" }, { amount: "0" }],
  });
});

test.each([
  "alibaba-coding-plan-cn",
  "zai-coding-plan",
  "xiaomi-token-plan-sgp",
  "kimi-for-coding",
  "github-copilot",
  "nvidia",
])("0 at %s is a plan or a trial, and unknown", (seller) => {
  expect(stateAt(seller, zero)).toBe("unknown");
  expect(stateAt(seller, paid)).toBe("priced");
});

test("0 at a seller whose every price is 0 is unknown", () => {
  expect(sheetOf({ acme: sellerOf(zero, { ...zero, id: "nil" }) }).offers.map(({ state }) => state)).toEqual([
    "unknown",
    "unknown",
  ]);
});

test("0 for a model that answers with sound or pictures is unknown", () => {
  expect(stateAt("acme", { ...zero, modalities: { output: ["text", "audio"] } })).toBe("unknown");
  expect(stateAt("acme", { ...zero, modalities: {} })).toBe("unknown");
});

test("0 for a router is unknown", () => expect(stateAt("acme", { ...zero, id: "acme/auto" })).toBe("unknown"));

test("a missing output price is never 0", () =>
  expect(stateAt("acme", { ...zero, cost: { input: 0 } })).toBe("unknown"));

test("an undeclared cost is refused, and the rest counts", () => {
  const { lines, rejects } = readModel({ cost: { input: 2, per_image: 3 } });
  expect(lines).toHaveLength(1);
  expect(rejects).toMatchObject([{ path: "acme.models.one.cost.per_image", reason: "unit_unknown" }]);
});

test.each([
  [{ input: -1 }, "cost.input", "negative"],
  [{ input: "n/a" }, "cost.input", "not_a_number"],
  [{ input: 1, tiers: 3 }, "cost.tiers", "schema"],
  [{ input: 1, tiers: [{ input: 2, tier: { type: "context", size: -5 } }] }, "cost.tiers[0].tier.size", "schema"],
  [[], "cost", "schema"],
])("a bad cost %j is one reject, and every variant of the model carries it as a fault", (cost, path, reason) => {
  const { offers, rejects } = readModel({ cost, experimental: { modes: { fast: { cost: { input: 6 } } } } });
  const fault = { path: `acme.models.one.${path}`, reason };
  expect(offers.map(({ variant, faults }) => [variant, faults])).toEqual([
    ["default", [expect.objectContaining(fault)]],
    ["speed=fast", [expect.objectContaining(fault)]],
  ]);
  expect(rejects).toMatchObject([fault]);
});

test("a model without an id, and a seller without models, are rejects", () => {
  const { offers, rejects } = sheetOf({ acme: { models: { a: { cost: {} }, b: 3, paid } }, other: {}, third: null });
  expect(offers).toHaveLength(1);
  expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
    "acme.models.a schema",
    "acme.models.b schema",
    "other.models schema",
    "third schema",
  ]);
});

test("two entries of one id are two listings of one offer", () => {
  const { offers, rejects } = sheetOf({ acme: { models: { a: paid, b: paid } } });
  expect(offers).toMatchObject([
    { model: "paid", listing: "acme/a" },
    { model: "paid", listing: "acme/b" },
  ]);
  expect(rejects).toEqual([]);
});

test.each([
  ["[]", "wrong_root"],
  ['{"error": {"message": "no"}}', "wrong_root"],
  ["{}", "empty"],
  ['{"acme": {"models": {}}}', "empty"],
  ["<html>", "not_json"],
])("%s is the problem %s of the whole document", (document, code) => {
  expect(modelsDevAdapter.parse(document, { observedAt: "2026-08-01T00:00:00Z" })).toMatchObject({
    ok: false,
    problem: { code },
  });
});
