import { expect, test } from "vitest";
import { openrouterAdapter } from "#/sources/openrouter.ts";

function sheetOf(...data: unknown[]) {
  const outcome = openrouterAdapter.parse(JSON.stringify({ data }), { observedAt: "2026-08-01T00:00:00Z" });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet;
}

const priced = { prompt: "0.000003", completion: "0.000015" };

test("prices are read per token, and the seller is OpenRouter", () => {
  expect(sheetOf({ id: "acme/one", pricing: priced }).offers).toEqual([
    {
      seller: "openrouter",
      model: "acme/one",
      variant: "default",
      listing: "acme/one",
      state: "priced",
      charges: [
        { meter: "input", unit: "token", amount: "0.000003" },
        { meter: "output", unit: "token", amount: "0.000015" },
      ],
    },
  ]);
});

test("every field of the format has its meter and unit", () => {
  const fields = openrouterAdapter.units.map(({ field }, index) => [field, `0.${index + 1}`]);
  const { offers, rejects } = sheetOf({ id: "acme/one", pricing: Object.fromEntries(fields) });
  expect(rejects).toEqual([]);
  expect(offers[0]?.charges.map(({ meter, unit, amount }) => `${meter}/${unit} ${amount}`)).toEqual([
    "input/token 0.1",
    "output/token 0.2",
    "cache_read/token 0.3",
    "cache_write/token 0.4",
    "cache_write_1h/token 0.5",
    "reasoning/token 0.6",
    "input_audio/token 0.7",
    "output_audio/token 0.8",
    "cache_read_audio/token 0.9",
    "input_image/token 0.1",
    "output_image/token 0.11",
    "request/request 0.13",
    "web_search/search 0.12",
  ]);
});

test("the suffix of an id is the variant", () => {
  const { offers } = sheetOf(
    { id: "acme/one:thinking", pricing: priced },
    { id: "acme/one:v2:batch", pricing: priced },
  );
  expect(offers.map(({ model, variant, listing }) => [model, variant, listing])).toEqual([
    ["acme/one", "thinking", "acme/one:thinking"],
    ["acme/one:v2", "batch", "acme/one:v2:batch"],
  ]);
});

test("an alias is not an offer", () => {
  const { offers, skipped } = sheetOf({ id: "~acme/latest", pricing: priced });
  expect(offers).toEqual([]);
  expect(skipped).toEqual({ alias: 1 });
});

test("an override is a tier above its tokens", () => {
  const overrides = [{ min_prompt_tokens: 200000, prompt: "0.000006", input_cache_read: "0.0000006" }];
  expect(sheetOf({ id: "acme/one", pricing: { ...priced, overrides } }).offers[0]?.charges).toEqual([
    { meter: "input", unit: "token", amount: "0.000003" },
    { meter: "input", unit: "token", amount: "0.000006", tier: { above: 200000 } },
    { meter: "output", unit: "token", amount: "0.000015" },
    { meter: "cache_read", unit: "token", amount: "0.0000006", tier: { above: 200000 } },
  ]);
});

test("an override with a condition we do not know is refused, and the rest of the model counts", () => {
  const overrides = [{ min_prompt_tokens: 200000, region: "eu", prompt: "1" }, { prompt: "2" }];
  const { offers, rejects } = sheetOf({ id: "acme/one", pricing: { ...priced, overrides } });
  expect(offers[0]?.charges).toHaveLength(2);
  expect(rejects.map(({ path, reason }) => [path, reason])).toEqual([
    ["acme/one.pricing.overrides[0]", "unit_unknown"],
    ["acme/one.pricing.overrides[1]", "unit_unknown"],
  ]);
});

test("-1 means that the price varies, and is no number", () => {
  for (const pricing of [
    { prompt: "-1", completion: "-1" },
    { prompt: "0", completion: -1.0 },
  ])
    expect(sheetOf({ id: "openrouter/auto", pricing }).offers).toMatchObject([{ state: "varies", charges: [] }]);
});

test("0 is free for a free variant and for OpenRouter's own routers", () => {
  const zero = { prompt: "0", completion: "0" };
  for (const id of ["acme/one:free", "openrouter/free"])
    expect(sheetOf({ id, pricing: zero }).offers).toMatchObject([
      { state: "free", charges: [{ amount: "0" }, { amount: "0" }] },
    ]);
});

test("0 elsewhere is unknown, for such a model is billed in another way", () => {
  const zero = { prompt: "0", completion: "0" };
  expect(sheetOf({ id: "acme/song", pricing: zero }).offers).toMatchObject([{ state: "unknown", charges: [] }]);
});

test("a missing output price is never 0", () => {
  expect(sheetOf({ id: "acme/one:free", pricing: { prompt: "0" } }).offers).toMatchObject([
    { state: "unknown", charges: [] },
  ]);
  expect(sheetOf({ id: "acme/one", pricing: { prompt: "0.1", completion: null } }).offers[0]?.charges).toHaveLength(1);
});

test("a model without prices is unknown", () => {
  for (const pricing of [undefined, null, {}, { prompt: null, completion: null }])
    expect(sheetOf({ id: "acme/one", pricing }).offers).toMatchObject([{ state: "unknown", charges: [] }]);
});

test("a discount is no price, and an undeclared field is refused without touching the rest", () => {
  const { offers, rejects } = sheetOf({ id: "acme/one", pricing: { ...priced, discount: 0.1, per_song: "0.08" } });
  expect(offers[0]?.charges).toHaveLength(2);
  expect(rejects).toEqual([
    { path: "acme/one.pricing.per_song", reason: "unit_unknown", detail: "undeclared price field: 0.08" },
  ]);
});

test.each([
  ["prompt", "-2", "negative"],
  ["web_search", "-1", "negative"],
  ["completion", "soon", "not_a_number"],
  ["audio", { usd: 1 }, "schema"],
  ["overrides", "none", "schema"],
])(
  "a bad %s (%j) is one reject and a fault of its offer; the good fields stay, and its neighbour is untouched",
  (field, value, reason) => {
    const { offers, rejects } = sheetOf(
      { id: "acme/one", pricing: { ...priced, [field]: value } },
      { id: "acme/two", pricing: priced },
    );
    expect(rejects).toMatchObject([{ path: `acme/one.pricing.${field}`, reason }]);
    expect(offers).toMatchObject([{ model: "acme/one", faults: rejects }, { model: "acme/two" }]);
    expect(offers[0]?.charges.length).toBe(field in priced ? 1 : 2);
    expect(offers[1]).not.toHaveProperty("faults");
  },
);

test.each([
  [null],
  ["acme"],
  [[]],
  [{}],
  [{ id: "" }],
  [{ id: 7 }],
  [{ id: "a\u0000b" }],
  [{ id: "x".repeat(513) }],
  [{ id: ":free" }],
  [{ id: "acme/one:" }],
  [{ id: "\ud800" }],
])("%j is no entry", (entry) => {
  const { offers, rejects } = sheetOf(entry, { id: "acme/two", pricing: priced });
  expect(rejects.map(({ reason }) => reason)).toEqual(["schema"]);
  expect(offers).toHaveLength(1);
});

test("of a model listed twice the last counts, and the other is a reject", () => {
  const { offers, rejects } = sheetOf(
    { id: "acme/one", pricing: priced },
    { id: "acme/one", pricing: { ...priced, prompt: "0.000004" } },
  );
  expect(offers).toHaveLength(1);
  expect(offers[0]?.charges[0]?.amount).toBe("0.000004");
  expect(rejects).toMatchObject([{ path: "acme/one", reason: "duplicate" }]);
});

test("rounded float junk is counted", () => {
  expect(sheetOf({ id: "acme/one", pricing: { ...priced, prompt: "0.00000012500000000000002" } }).rounded).toBe(1);
});

test.each([
  ["[]", "wrong_root"],
  ['{"models": []}', "wrong_root"],
  ['{"data": {"id": "a"}}', "wrong_root"],
  ['{"data": ["rate limited"]}', "wrong_root"],
  ['{"data": []}', "empty"],
  ["<html>", "not_json"],
  ['{"data": [{"id": "a"', "truncated"],
])("%s is the problem %s of the whole document", (text, code) => {
  expect(openrouterAdapter.parse(text, { observedAt: "2026-08-01T00:00:00Z" })).toMatchObject({
    ok: false,
    problem: { code },
  });
});
