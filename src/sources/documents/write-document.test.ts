import fc from "fast-check";
import { parseTree } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { chargeKey, type Charge } from "#/price/charge.ts";
import { decimal, multiply } from "#/price/decimal.ts";
import type { Offer } from "#/price/offer.ts";
import { compileDocument } from "#/sources/documents/compile-document.ts";
import type { Addition, AskedOffer, DocumentKind, EntryPrice, TemplateOffer } from "#/sources/documents/document.ts";
import { FORMATS } from "#/sources/documents/formats.ts";
import { endOf, membersOf } from "#/sources/documents/json-text.ts";
import { buildDocument, writeDocument } from "#/sources/documents/write-document.ts";
import type { Meter, Unit } from "#/terms/meter.ts";
import { CATALOGUE_DOCUMENTS, SEEN_AT } from "#/testing/catalogue-documents.ts";

const OBSERVED_AT = "2026-08-01T00:00:00Z";

function readOffers(kind: DocumentKind, text: string): readonly Offer[] {
  const outcome = FORMATS[kind].adapter.parse(text, { observedAt: OBSERVED_AT });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.sheet.offers;
}

type Line = readonly [Meter, Unit];
type Shape = Readonly<{
  kind: DocumentKind;
  variants: readonly string[];
  lines: readonly Line[];
  hasWindows: boolean;
  hasRanges: boolean;
  /** The members of an entry that hold prices. */
  isPrice: (name: string) => boolean;
}>;

const TOKENS: readonly Line[] = [
  ["input", "token"],
  ["output", "token"],
  ["cache_read", "token"],
  ["input_audio", "token"],
];
const SHAPES: readonly Shape[] = [
  {
    kind: "litellm",
    variants: ["default", "batch", "flex", "priority", "speed=ultrafast"],
    lines: [...TOKENS, ["computer_use_input", "token"], ["output_image_0_5k", "image"], ["cache_write_1h", "token"]],
    hasWindows: true,
    hasRanges: true,
    isPrice: (name) => name.includes("cost") || name.endsWith("_pricing"),
  },
  {
    kind: "openrouter",
    variants: ["default", "thinking"],
    lines: [...TOKENS, ["web_search", "search"], ["request", "request"]],
    hasWindows: false,
    hasRanges: false,
    isPrice: (name) => name === "pricing",
  },
  {
    kind: "models-dev",
    variants: ["default", "speed=fast"],
    lines: [...TOKENS, ["reasoning", "token"]],
    hasWindows: false,
    hasRanges: false,
    isPrice: (name) => name === "cost" || name === "experimental",
  },
  {
    kind: "genai-prices",
    variants: ["default"],
    lines: [...TOKENS, ["web_search", "search"], ["request", "request"]],
    hasWindows: true,
    hasRanges: false,
    isPrice: (name) => name === "prices",
  },
];

const amounts = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => decimal(`${digits}e-${places}`));

/** A sheet that the format can say. The first line costs something. */
function sheets({ lines, hasWindows, hasRanges }: Shape, variant: string): fc.Arbitrary<readonly Charge[]> {
  const base = fc
    .tuple(fc.subarray([...lines], { minLength: 1 }), fc.array(amounts, { minLength: 16, maxLength: 16 }))
    .map(([chosen, values]) =>
      chosen.map(([meter, unit], index): Charge => ({ meter, unit, amount: values[index] ?? decimal("1") })),
    );
  const tiers = fc.uniqueArray(fc.constantFrom(128_000, 200_000, 256_000), { maxLength: 2 });
  const isDefault = variant === "default";
  return fc
    .record({
      base,
      tiers,
      tierAmounts: fc.array(amounts, { minLength: 32, maxLength: 32 }),
      isWindowed: fc.boolean(),
      searches: fc.constantFrom("none", "one", "three"),
      isRanged: fc.boolean(),
    })
    .map(({ base: plain, tiers: above, tierAmounts, isWindowed, searches, isRanged }) => {
      const amountAt = (index: number) => tierAmounts[index % tierAmounts.length] ?? decimal("1");
      const tokens = plain.filter(({ unit }) => unit === "token");
      const charges: Charge[] = [...plain];
      for (const [i, boundary] of above.entries())
        for (const [j, line] of tokens.slice(i).entries())
          charges.push({ ...line, amount: amountAt(i * 7 + j), tier: { above: boundary } });
      if (hasWindows && isDefault && isWindowed)
        for (const window of [
          { from: "16:30", to: "00:30" },
          { from: "01:00", to: "02:00" },
        ])
          for (const [i, line] of tokens.entries()) charges.push({ ...line, amount: amountAt(i + 20), window });
      if (hasRanges && isDefault) charges.push(...searchLines(searches, isRanged, amountAt));
      return charges;
    });
}

function searchLines(searches: string, isRanged: boolean, amountAt: (index: number) => Charge["amount"]): Charge[] {
  const sizes: readonly Meter[] = ["web_search_low", "web_search_medium", "web_search_high"];
  const three = sizes.map((meter, i): Charge => ({ meter, unit: "search", amount: decimal(`0.00${i + 1}`) }));
  const one: Charge[] = [{ meter: "web_search", unit: "search", amount: amountAt(1) }];
  const of = { none: [], one, three }[searches] ?? [];
  const range: Charge[] = isRanged
    ? [
        { meter: "search", unit: "search", amount: amountAt(2) },
        { meter: "search", unit: "search", amount: amountAt(3), tier: { above: 25, of: "results" } },
        { meter: "search", unit: "search", amount: amountAt(4), tier: { above: 50, of: "results" } },
      ]
    : [];
  return [...of, ...range];
}

type Plan = Readonly<{ from: readonly Charge[]; to: EntryPrice }>;

type Variants = Readonly<Record<string, Plan | undefined>>;

function plans(shape: Shape, variant: string): fc.Arbitrary<Plan> {
  const sheet = sheets(shape, variant);
  const rate = sheet.map((charges): EntryPrice => ({ state: "priced", charges }));
  return fc.record({
    from: sheet,
    to: fc.oneof({ weight: 4, arbitrary: rate }, fc.constantFrom<EntryPrice>("keep", "withhold")),
  });
}

function documents(shape: Shape) {
  const variants = fc.record(Object.fromEntries(shape.variants.map((variant) => [variant, plans(shape, variant)])), {
    requiredKeys: ["default"],
  });
  return fc.record({
    models: fc.array(variants, { minLength: 1, maxLength: 3 }),
    indent: fc.constantFrom(0, 1, 4),
    style: fc.boolean(),
  });
}

/** A document of a format with other fields around its prices, and some of them in older or rarer spellings. */
function originalOf(shape: Shape, models: readonly Variants[], indent: number, style: boolean): string {
  const rates = models.flatMap((variants, index) =>
    Object.entries(variants).flatMap(([variant, plan]): Addition[] => {
      const key = { seller: "acme", listedAs: "acme", model: `m${index}`, variant };
      return plan === undefined ? [] : [{ ...key, state: "priced", charges: plan.from, facts: {} }];
    }),
  );
  const document: unknown = JSON.parse(buildDocument(shape.kind, rates).text);
  const dressed = style ? dress(shape.kind, document) : document;
  return JSON.stringify(dressed, undefined, indent);
}

function dress(kind: DocumentKind, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => dress(kind, item));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, inner]) => [name, dress(kind, inner)] as const);
  const isEntry = members.some(([name]) => ["litellm_provider", "pricing", "cost", "prices"].includes(name));
  const isTiered = kind === "models-dev" && "tiers" in value && Array.isArray(value.tiers);
  const [first]: readonly unknown[] = isTiered && "tiers" in value && Array.isArray(value.tiers) ? value.tiers : [];
  const { tier: _, ...copy } = typeof first === "object" && first !== null && "tier" in first ? first : { tier: 0 };
  return Object.fromEntries([
    ...(isEntry ? [["note", "ü \u2028 1e5"] as const] : []),
    ...members,
    ...(isEntry
      ? ([
          ["limit", 1.5e3],
          ["tags", ["a", { b: null }]],
        ] as const)
      : []),
    ...(isTiered ? [["context_over_200k", copy] as const] : []),
  ]);
}

const RUNS = { numRuns: 25 };

/** What an entry's members are, apart from its prices, as texts. */
function otherMembers({ kind, isPrice }: Shape, text: string): unknown {
  const root = parseTree(text);
  if (root === undefined) throw new Error("no JSON");
  return FORMATS[kind].locate(root).entries.map(({ listing, node }) => [
    listing,
    ...membersOf(node)
      .filter(({ name }) => !isPrice(name))
      .map((member) => text.slice(member.node.offset, endOf(member.node))),
  ]);
}

const keyOf = ({ listing, variant }: Pick<AskedOffer, "listing" | "variant">) => `${listing} ${variant}`;
const sortedTexts = (charges: readonly Charge[]) =>
  charges.map((charge) => `${chargeKey(charge)} ${charge.amount}`).toSorted();

describe.each(SHAPES)("$kind", (shape) => {
  const { kind } = shape;

  test("the adapter reads back exactly the charges in force, and nothing else has changed", () => {
    fc.assert(
      fc.property(documents(shape), ({ models, indent, style }) => {
        const text = originalOf(shape, models, indent, style);
        const template = compileDocument(kind, text, OBSERVED_AT);
        const said = new Map(readOffers(kind, text).map((offer) => [keyOf(offer), offer]));
        const plan = new Map<string, EntryPrice>();
        for (const [key, { model, variant }] of said) {
          const own: Variants | undefined = models.find(
            (_, index) => model.split("/").at(-1)?.split(":")[0] === `m${index}`,
          );
          plan.set(key, own?.[variant]?.to ?? "keep");
        }
        const written = writeDocument(template, { priceOf: (offer) => plan.get(keyOf(offer)) ?? "keep" });
        expect(written.omitted).toBe(0);
        const root = parseTree(written.text);
        expect(root).toBeDefined();
        const back = new Map(readBack(kind, written.text).map((offer) => [keyOf(offer), offer]));
        for (const [key, price] of plan) {
          const wanted = price === "keep" ? (said.get(key)?.charges ?? []) : price === "withhold" ? [] : price.charges;
          expect(sortedTexts(back.get(key)?.charges ?? [])).toEqual(sortedTexts(wanted));
          expect(back.get(key)?.faults).toBeUndefined();
        }
        expect(otherMembers(shape, written.text)).toEqual(otherMembers(shape, text));
      }),
      RUNS,
    );
  });

  test("a document whose prices are in force as it says them is copied to the byte", () => {
    fc.assert(
      fc.property(documents(shape), ({ models, indent, style }) => {
        const text = `${originalOf(shape, models, indent, style)}\n`;
        const template = compileDocument(kind, text, OBSERVED_AT);
        const said = new Map(readOffers(kind, text).map((offer) => [keyOf(offer), offer]));
        const written = writeDocument(template, { priceOf: (offer) => said.get(keyOf(offer)) ?? "keep" });
        expect(written).toMatchObject({ text, changed: 0, unpriced: 0, omitted: 0, added: 0 });
      }),
      RUNS,
    );
  });

  test("a catalogue's own spelling is copied to the byte, with its prices in force and without any, which is counted", () => {
    const text = CATALOGUE_DOCUMENTS[kind];
    const template = compileDocument(kind, text, SEEN_AT);
    const offers = template.entries.flatMap((entry) => entry.offers);
    const said = new Map(offers.map((offer) => [keyOf(offer), offer]));
    const same = writeDocument(template, { priceOf: (offer) => said.get(keyOf(offer)) ?? "keep" });
    expect(same).toMatchObject({ text, changed: 0, unpriced: 0, omitted: 0, added: 0 });
    expect(writeDocument(template, { priceOf: () => "keep" })).toMatchObject({ text, unpriced: offers.length });
  });

  test("prices of a catalogue's own spelling give way to others, one or all, and a price that is withheld is none", () => {
    const text = CATALOGUE_DOCUMENTS[kind];
    const template = compileDocument(kind, text, SEEN_AT);
    const offers = template.entries.flatMap((entry) => entry.offers);
    const times = (offer: TemplateOffer, factor: string): EntryPrice => ({
      state: offer.state,
      charges: offer.charges.map((charge) => ({ ...charge, amount: multiply(charge.amount, decimal(factor)) })),
    });
    const read = (written: string) => new Map(readBack(kind, written).map((offer) => [keyOf(offer), offer]));
    for (const { listing } of template.entries) {
      const isMeant = (offer: AskedOffer) => offer.listing === listing;
      const said = new Map(offers.map((offer) => [keyOf(offer), times(offer, isMeant(offer) ? "1.1" : "1")]));
      const priced = writeDocument(template, { priceOf: (offer) => said.get(keyOf(offer)) ?? "keep" });
      const withheld = writeDocument(template, { priceOf: (offer) => (isMeant(offer) ? "withhold" : "keep") });
      expect(priced.omitted).toBe(0);
      for (const offer of offers) {
        const wanted = said.get(keyOf(offer));
        const own = typeof wanted === "object" ? wanted.charges : [];
        expect(sortedTexts(read(priced.text).get(keyOf(offer))?.charges ?? [])).toEqual(sortedTexts(own));
        const rest = isMeant(offer) ? [] : offer.charges;
        expect(sortedTexts(read(withheld.text).get(keyOf(offer))?.charges ?? [])).toEqual(sortedTexts(rest));
        // A 0 would read as free.
        if (isMeant(offer)) expect(read(withheld.text).get(keyOf(offer))?.state ?? "unknown").toBe("unknown");
      }
    }
  });
});

/** Everything may be withheld, and a document without any price is no document for the adapter. */
function readBack(kind: DocumentKind, text: string): readonly Offer[] {
  const outcome = FORMATS[kind].adapter.parse(text, { observedAt: OBSERVED_AT });
  return outcome.ok ? outcome.sheet.offers : [];
}

const input = (amount: string): Charge => ({ meter: "input", unit: "token", amount: decimal(amount) });
const to = (...charges: Charge[]): EntryPrice => ({ state: "priced", charges });

function rewrite(kind: DocumentKind, text: string, price: EntryPrice) {
  return writeDocument(compileDocument(kind, text, OBSERVED_AT), { priceOf: () => price });
}

test("one amount changes its own digits and not a byte beside them", () => {
  const text = `{ "acme/m" : {"id":"x",  "litellm_provider":"acme",\n\t"input_cost_per_token": 1.0e-06 ,"mode":"chat"} }\n`;
  // Exact digits, not what a float makes of them.
  const { text: written } = rewrite("litellm", text, to(input("0.0000015625000000000001")));
  expect(written).toBe(text.replace("1.0e-06", "0.0000015625000000000001"));
});

test("OpenRouter's payload with endpoints is exported as the list alone, and an alias stays as it is", () => {
  const list = `{"data": [ {"id":"a/m","pricing":{"prompt":"0.000001","discount":0}},{"id":"~a/latest","pricing":{"prompt":"1"}} ],"x":1}`;
  const text = `[${list}, {"data":{"id":"a/m","endpoints":[{"tag":"acme","pricing":{"prompt":"0.000009"}}]}}]`;
  const written = rewrite("openrouter", text, to(input("0.000002")));
  expect(written.text).toBe(list.replace("0.000001", "0.000002"));
  expect(written).toMatchObject({ entries: 2, changed: 1 });
});

test("what a price that varies says gives way to a pin", () => {
  const text = `{"data":[{"id":"openrouter/auto","pricing":{"prompt":"-1","completion":"-1"}},{"id":"a/m","pricing":{"prompt":"1"}}]}`;
  const { text: written } = rewrite("openrouter", text, to(input("0.5")));
  expect(JSON.parse(written)).toEqual({
    data: [
      { id: "openrouter/auto", pricing: { prompt: "0.5" } },
      { id: "a/m", pricing: { prompt: "0.5" } },
    ],
  });
});

test("models.dev's older copy of a tier follows the tier, whatever its size is", () => {
  const cost = {
    input: 1,
    tiers: [
      {
        input: 2,
        tier: {
          type: "context",
          size: 272e3,
        },
      },
    ],
    context_over_200k: { input: 2 },
  };
  const text = JSON.stringify({ acme: { id: "acme", models: { m: { id: "m", cost } } } });
  const tier = { above: 272_000 };
  const { text: written } = rewrite("models-dev", text, to(input("0.000001"), { ...input("0.000003"), tier }));
  expect(JSON.parse(written)).toMatchObject({
    acme: { models: { m: { cost: { tiers: [{ input: 3 }], context_over_200k: { input: 3 } } } } },
  });
});

test("dated prices stay while the present one of them is in force, and become the price in force when it is another", () => {
  const dated = [
    { prices: { input_mtok: 3 } },
    { constraint: { start_date: "2026-01-01" }, prices: { input_mtok: 2 } },
    { constraint: { start_date: "2027-01-01" }, prices: { input_mtok: 1 } },
  ];
  const text = JSON.stringify({ providers: [{ id: "acme", models: [{ id: "m", prices: dated, name: "M" }] }] });
  expect(rewrite("genai-prices", text, to(input("0.000002"))).text).toBe(text);
  const written = rewrite("genai-prices", text, to(input("0.000004")));
  expect(JSON.parse(written.text)).toEqual({
    providers: [{ id: "acme", models: [{ id: "m", prices: { input_mtok: 4 }, name: "M" }] }],
  });
});

test("a price that the guard holds is left out when nothing is in force, and both words count as unpriced", () => {
  const text = `{"acme":{"models":{"m":{"id":"m","cost":{"input":1},"name":"M"}}}}`;
  expect(rewrite("models-dev", text, "withhold")).toMatchObject({
    text: `{"acme":{"models":{"m":{"id":"m","name":"M"}}}}`,
    unpriced: 1,
  });
  expect(rewrite("models-dev", text, "keep")).toMatchObject({ text, unpriced: 1, changed: 0 });
});

test("of a key that is there twice the last one counts, and the first is only copied", () => {
  const entry = (amount: string) => `"m":{"litellm_provider":"acme","input_cost_per_token":${amount}}`;
  const { text } = rewrite("litellm", `{${entry("1")},${entry("2")}}`, to(input("3")));
  expect(text).toBe(`{${entry("1")},${entry("3")}}`);
});

test("a payload that is no document of its kind is not cut", () => {
  expect(() => compileDocument("models-dev", "[]", OBSERVED_AT)).toThrow("no document of models-dev");
});
