import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chargeKey } from "#/price/charge.ts";
import { decimal, multiply, type Decimal } from "#/price/decimal.ts";
import type { Ask } from "#/price/offer.ts";
import { addProvider } from "#/sources/documents/add-provider.ts";
import { compileDocument } from "#/sources/documents/compile-document.ts";
import {
  DOCUMENT_KINDS,
  type DocumentKind,
  type EntryPrice,
  type TemplateOffer,
} from "#/sources/documents/document.ts";
import { buildDocument, writeDocument } from "#/sources/documents/write-document.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { CATALOGUE_DOCUMENTS, SEEN_AT } from "#/testing/catalogue-documents.ts";

const template = (kind: DocumentKind) => compileDocument(kind, CATALOGUE_DOCUMENTS[kind], SEEN_AT);
const textOf = ({ listing, variant }: { listing: string; variant: string }) => `${listing}\u0000${variant}`;
const offersOf = (kind: DocumentKind) => template(kind).entries.flatMap(({ offers }) => offers);

/** What our own adapter reads, by entry and variant: its charges in one text, or its state without any. */
function read(kind: DocumentKind, text: string): Map<string, string> {
  const outcome = adapterFor(kind).parse(text, { observedAt: SEEN_AT });
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return new Map(outcome.sheet.offers.map((offer) => [textOf(offer), faceOf(offer)]));
}

function faceOf({ state, charges }: Ask): string {
  const lines = charges.map((charge) => `${chargeKey(charge)} ${charge.amount}`).toSorted();
  return lines.length === 0 ? state : lines.join("; ");
}

const times = ({ state, charges }: Ask, factor: Decimal): Ask => ({
  state,
  charges: charges.map((charge) => ({ ...charge, amount: multiply(charge.amount, factor) })),
});

/** Everything of a document but what its adapter reads as a price. */
function withoutPrices(kind: DocumentKind, text: string): unknown {
  const fields = /cost|pricing|multiplier|^prices$|provider_specific_entry/;
  return JSON.parse(text, (key, value: unknown) =>
    fields.test(key) && kind !== "openrouter" ? undefined : key === "pricing" ? undefined : value,
  );
}

describe.each(DOCUMENT_KINDS)("the document of %s", (kind) => {
  const original = CATALOGUE_DOCUMENTS[kind];

  test("with its own prices in force is the original, byte for byte", () => {
    const prices = new Map(offersOf(kind).map((offer) => [textOf(offer), offer]));
    const { text, unpriced, omitted, changed } = writeDocument(template(kind), {
      priceOf: (offer) => prices.get(textOf(offer)) ?? "keep",
    });
    expect(text).toBe(original);
    expect([unpriced, omitted, changed]).toEqual([0, 0, 0]);
  });

  test("without rates keeps the original's words and counts them", () => {
    const { text, unpriced } = writeDocument(template(kind), { priceOf: () => "keep" });
    expect(text).toBe(original);
    expect(unpriced).toBe(offersOf(kind).length);
  });

  test("with other prices in force is read as exactly those, and nothing else in it has moved", () => {
    const listings = [...new Set(offersOf(kind).map(({ listing }) => listing))];
    const factor = fc.constantFrom("1.1", "0.37", "3", "1").map((text) => decimal(text));
    fc.assert(
      fc.property(fc.array(factor, { minLength: listings.length, maxLength: listings.length }), (factors) => {
        const prices = new Map<string, Ask>();
        for (const [index, listing] of listings.entries())
          for (const offer of offersOf(kind).filter((one) => one.listing === listing))
            prices.set(textOf(offer), times(offer, factors[index] ?? decimal("1")));
        const { text, omitted } = writeDocument(template(kind), {
          priceOf: (offer) => prices.get(textOf(offer)) ?? "keep",
        });
        expect(omitted).toBe(0);
        expect(read(kind, text)).toEqual(new Map([...prices].map(([key, price]) => [key, faceOf(price)])));
        expect(withoutPrices(kind, text)).toEqual(withoutPrices(kind, original));
        for (const [index, entry] of template(kind).entries.entries())
          if (factors[listings.indexOf(entry.listing)] === "1" && index === 0)
            expect(text).toContain(original.slice(entry.start, entry.end));
      }),
      { numRuns: 100 },
    );
  });

  test("says no price of an entry that is withheld, and never 0", () => {
    const [first] = offersOf(kind).filter(({ state }) => state === "priced");
    const { text, unpriced } = writeDocument(template(kind), {
      priceOf: (offer): EntryPrice => (offer.listing === first?.listing ? "withhold" : "keep"),
    });
    expect(unpriced).toBe(offersOf(kind).length);
    const faces = read(kind, text);
    const own = offersOf(kind).filter(({ listing }) => listing === first?.listing);
    for (const offer of own) expect(faces.get(textOf(offer)) ?? "unknown").toBe("unknown");
    expect(withoutPrices(kind, text)).toEqual(withoutPrices(kind, original));
  });

  test("takes rates of other sources as new entries, and writes over none", () => {
    const [first] = offersOf(kind);
    const charges = [
      { meter: "input" as const, unit: "token" as const, amount: decimal("0.000007") },
      { meter: "output" as const, unit: "token" as const, amount: decimal("0.000021") },
    ];
    const listedAs = first?.seller ?? "";
    const rate = { seller: listedAs, listedAs, variant: "default", state: "priced" as const, charges, facts: {} };
    const { text, added } = writeDocument(template(kind), {
      priceOf: () => "keep",
      additions: [
        { ...rate, model: "acme/brand-new", facts: { contextTokens: 64_000 } },
        { ...rate, model: first?.model ?? "" },
      ],
    });
    expect(added).toBeGreaterThanOrEqual(1);
    const before = read(kind, original);
    const after = read(kind, text);
    for (const [key, face] of before) expect(after.get(key), key).toBe(face);
    expect([...after.values()]).toContain("input/token 0.000007; output/token 0.000021");
    expect(text).toContain("64000");
  });

  test("is built from rates where no source has one", () => {
    const charges = [{ meter: "input" as const, unit: "token" as const, amount: decimal("0.000007") }];
    const rate = { seller: "acme", listedAs: "acme", variant: "default", state: "priced" as const, facts: {} };
    const { text, entries } = buildDocument(kind, [{ ...rate, model: "acme/new", charges }]);
    expect(entries).toBe(1);
    expect([...read(kind, text).values()]).toEqual(["input/token 0.000007"]);
  });
});

describe("LiteLLM's map", () => {
  const price = (input: string): Ask => ({
    state: "priced",
    charges: [{ meter: "input", unit: "token", amount: decimal(input) }],
  });
  const write = (entry: object, prices: Readonly<Record<string, Ask>>) => {
    const original = compileDocument("litellm", JSON.stringify({ m: { litellm_provider: "acme", ...entry } }), SEEN_AT);
    const asked = new Set<string>();
    const { text, omitted } = writeDocument(original, {
      priceOf: ({ variant }: Pick<TemplateOffer, "variant">) => {
        asked.add(variant);
        return prices[variant] ?? "withhold";
      },
    });
    return { m: (JSON.parse(text) as Record<string, unknown>)["m"], omitted, asked: [...asked] };
  };
  const factored = {
    input_cost_per_token: 0.000002,
    input_cost_per_token_flex: 0.000001,
    regional_processing_uplift_multiplier_eu: 1.1,
  };

  test("has a factor only while everything that is read from it is in force at that price", () => {
    const base = { default: price("0.000002"), flex: price("0.000001"), "region=eu": price("0.0000022") };
    const entry = { litellm_provider: "acme", input_cost_per_token: 0.000002, input_cost_per_token_flex: 0.000001 };
    expect(write(factored, { ...base, "flex+region=eu": price("0.0000011") })).toMatchObject({
      m: { ...entry, regional_processing_uplift_multiplier_eu: 1.1 },
      omitted: 0,
    });
    // Pinned at another price, or held: the factor would say a price of it that is not in force.
    expect(write(factored, { ...base, "flex+region=eu": price("0.000005") }).m).toEqual(entry);
    expect(write(factored, base).m).toEqual(entry);
  });

  test("has exact digits, not what a float makes of them", () => {
    const original = compileDocument("litellm", CATALOGUE_DOCUMENTS.litellm, SEEN_AT);
    const { text } = writeDocument(original, {
      priceOf: ({ listing }) => (listing === "acme/plain" ? price("0.0000015625000001") : "keep"),
    });
    expect(text).toMatch(/"input_cost_per_token": ?0\.0000015625000001/);
    expect(text).not.toContain('"output_cost_per_token": 1.5e-05');
  });

  test("counts a charge that it has no field for, and bends it into no other", () => {
    const odd: Ask = {
      state: "priced",
      charges: [
        { meter: "input", unit: "token", amount: decimal("0.000002") },
        { meter: "vector_store", unit: "gb_day", amount: decimal("0.1"), tier: { above: 7 } },
      ],
    };
    expect(write({ input_cost_per_token: 0.000002 }, { default: odd })).toMatchObject({ omitted: 1 });
  });

  test("has each seller as provider too, for Bifrost, and where it stands already nothing is added", () => {
    const text = addProvider(CATALOGUE_DOCUMENTS.litellm);
    const map = JSON.parse(text) as Record<string, Record<string, unknown>>;
    const { sample_spec: _, ...models } = map;
    for (const entry of Object.values(models)) expect(entry["provider"]).toBe(entry["litellm_provider"]);
    expect(addProvider(text)).toBe(text);
    // Bifrost refuses a map with a limit that is no whole number.
    const limits = CATALOGUE_DOCUMENTS.litellm
      .replace('"max_input_tokens": "if the provider specifies it"', '"max_input_tokens": null')
      .replace('"max_output_tokens": 2000000.0', '"max_output_tokens": 2000000');
    expect(text.replaceAll(/, "provider": "[a-z]+"/g, "")).toBe(limits);
  });
});
