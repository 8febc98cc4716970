import { parseTree } from "jsonc-parser";
import { expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import type { Offer } from "#/price/offer.ts";
import { compileDocument } from "#/sources/documents/compile-document.ts";
import type { Addition, DocumentKind } from "#/sources/documents/document.ts";
import { FORMATS } from "#/sources/documents/formats.ts";
import { endOf, memberOf } from "#/sources/documents/json-text.ts";
import { buildDocument, writeDocument } from "#/sources/documents/write-document.ts";

const OBSERVED_AT = "2026-08-01T00:00:00Z";
const CHARGE: Charge = { meter: "input", unit: "token", amount: decimal("0.000002") };

function readOffers(kind: DocumentKind, text: string): readonly Offer[] {
  const outcome = FORMATS[kind].adapter.parse(text, { observedAt: OBSERVED_AT });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet.offers;
}

const FACTS = {
  contextTokens: 128e3,
  outputTokens: 8e3,
  inputModalities: ["text", "image"],
  outputModalities: ["text"],
  mode: "chat",
};
const addition = (model: string, variant = "default"): Addition => ({
  seller: "acme",
  listedAs: "acme",
  model,
  variant,
  state: "priced",
  charges: [CHARGE],
  facts: FACTS,
});
const ADDED = [
  {
    kind: "litellm",
    text: `{\n    "old": {\n        "litellm_provider": "x",\n        "input_cost_per_token": 1\n    }\n}`,
    key: "acme/new",
    facts: { max_input_tokens: 128_000, max_output_tokens: 8000, max_tokens: 8000, mode: "chat" },
  },
  {
    kind: "openrouter",
    text: `{"data":[{"id":"old","pricing":{"prompt":"1"}}]}`,
    key: "acme/new",
    facts: { context_length: 128_000, top_provider: { max_completion_tokens: 8000 } },
  },
  {
    kind: "models-dev",
    text: `{"acme":{"id":"acme","models":{"old":{"id":"old","cost":{"input":1}}}},"z":{"models":{}}}`,
    key: "acme/new",
    facts: { limit: { context: 128_000, output: 8000 }, modalities: { input: ["text", "image"], output: ["text"] } },
  },
  {
    kind: "genai-prices",
    text: `[{"id":"acme","models":[{"id":"old","prices":{"input_mtok":1}}]}]`,
    key: "acme/new",
    facts: { context_window: 128_000, match: { equals: "new" } },
  },
] as const;

test.each(ADDED)("rates of other sources become entries after the last one of $kind, with what is known", (added) => {
  const template = compileDocument(added.kind, added.text, OBSERVED_AT);
  const written = writeDocument(template, { priceOf: () => "keep", additions: [addition("new")] });
  expect(written).toMatchObject({ added: 1, entries: 2, changed: 0 });
  const root = parseTree(written.text);
  if (root === undefined) throw new Error("no JSON");
  const { entries } = FORMATS[added.kind].locate(root);
  expect(entries.at(-1)?.listing).toBe(added.key);
  const node = entries.at(-1)?.node;
  const own: unknown = JSON.parse(written.text.slice(node?.offset, node === undefined ? 0 : endOf(node)));
  expect(own).toMatchObject(added.facts);
  expect(readOffers(added.kind, written.text).find(({ listing }) => listing === added.key)?.charges).toEqual([CHARGE]);
  // The same again would write over it.
  const again = compileDocument(added.kind, written.text, OBSERVED_AT);
  expect(writeDocument(again, { priceOf: () => "keep", additions: [addition("new")] })).toMatchObject({
    text: written.text,
    added: 0,
  });
});

test.each(ADDED)("where no source has a document of $kind, it is built from rates", ({ kind }) => {
  const { text, entries } = buildDocument(kind, [addition("acme/new")]);
  expect(entries).toBe(1);
  expect(readOffers(kind, text).map(({ charges }) => charges)).toEqual([[CHARGE]]);
});

test("an entry that is added to an indented map is indented as its neighbours are", () => {
  const [{ text }] = ADDED;
  const written = writeDocument(compileDocument("litellm", text, OBSERVED_AT), {
    priceOf: () => "keep",
    additions: [{ ...addition("new"), facts: {} }],
  });
  const entry = `    "acme/new": {\n        "litellm_provider": "acme",\n        "input_cost_per_token": 0.000002\n    }`;
  expect(written.text).toBe(`${text.slice(0, -2)},\n${entry}\n}`);
});

test("a seller that a catalogue does not have gets a list of its own", () => {
  const other = { ...addition("new"), listedAs: "new-seller" };
  for (const kind of ["models-dev", "genai-prices"] as const) {
    const { text } = buildDocument(kind, [other, { ...other, model: "second" }]);
    expect(readOffers(kind, text).map(({ seller, model }) => [seller, model])).toEqual([
      ["new-seller", "new"],
      ["new-seller", "second"],
    ]);
  }
});

test("in OpenRouter's shape a bare word stands behind the id; what is sold under a condition has no id, and is counted", () => {
  const { text, omitted } = buildDocument("openrouter", [
    addition("m"),
    addition("m", "free"),
    addition("m", "region=eu"),
    addition("m", "free+endpoint=fp8"),
  ]);
  expect(omitted).toBe(2);
  const data = memberOf(parseTree(text), "data")?.value.children ?? [];
  expect(data.map((node): unknown => memberOf(node, "id")?.value.value)).toEqual(["acme/m", "acme/m:free"]);
});
