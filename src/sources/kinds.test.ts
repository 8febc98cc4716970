import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeKey } from "#/price/charge.ts";
import { decimal, shiftPoint } from "#/price/decimal.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";

const amount = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: -12, max: 2 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
  fc.constantFrom(
    "-1",
    '"0.000003"',
    '"soon"',
    "null",
    "true",
    "[]",
    "{}",
    '{"toString": 1}',
    "0",
    "0.00000012500000000000002",
  ),
);
/** The formats whose documents this file can write. */
const KINDS = ["openrouter", "litellm", "models-dev"] as const satisfies readonly SourceKind[];

const name = fc.constantFrom("one", "two", "acme/one", "a:free", "~x", "__proto__", "toString", "sample_spec", "");

/** A document of every format, its fields drawn from what the format declares. */
function documentOf(kind: (typeof KINDS)[number], id: string, prices: readonly (readonly [string, string])[]): string {
  const cost = prices.map(([field, text]) => `${JSON.stringify(field)}: ${text}`).join(", ");
  const key = JSON.stringify(id);
  if (kind === "openrouter") return `{"data": [{"id": ${key}, "pricing": {${cost}}}]}`;
  if (kind === "litellm") return `{${key}: {"litellm_provider": "acme"${cost && ", "}${cost}}}`;
  return `{"acme": {"id": "acme", "models": {${key}: {"id": ${key}, "cost": {${cost}}}}}}`;
}

const document = fc.constantFrom(...KINDS).chain((kind) => {
  const fields = [
    ...adapterFor(kind).units.map(({ field }) => field),
    "tiers",
    "overrides",
    "tiered_pricing",
    "off_peak_pricing",
  ];
  const prices = fc.array(fc.tuple(fc.constantFrom(...fields), amount), { maxLength: 6 });
  return fc.tuple(name, prices).map(([id, drawn]) => ({ kind, text: documentOf(kind, id, drawn) }));
});

test("every kind has an adapter of that kind with an https address", () => {
  for (const kind of KINDS) {
    expect(adapterFor(kind).kind).toBe(kind);
    expect(adapterFor(kind).defaultUrl).toMatch(/^https:\/\//);
  }
});

test("no field is declared twice", () => {
  for (const kind of KINDS) {
    const fields = adapterFor(kind).units.map(({ field }) => field);
    expect(new Set(fields).size).toBe(fields.length);
  }
});

test("no document makes an adapter throw, even cut or with a character changed", () => {
  const damage = fc.record({
    at: fc.nat(),
    with: fc.constantFrom("", "{", "}", '"', ",", "-", "0", "\\", "\u0000", "null", "[["),
  });
  fc.assert(
    fc.property(document, fc.array(damage, { maxLength: 3 }), fc.boolean(), ({ kind, text }, damages, isCut) => {
      const broken = damages.reduce((whole, { at, with: put }) => {
        const cut = at % (whole.length + 1);
        return whole.slice(0, cut) + put + whole.slice(isCut ? cut + 7 : cut + 1);
      }, text);
      const outcome = adapterFor(kind).parse(broken, { observedAt: "2026-08-01T00:00:00Z" });
      if (!outcome.ok) expect(outcome.problem.message).not.toBe("");
    }),
    { numRuns: 200 },
  );
});

test("each amount of an offer is, digit for digit, a number of the payload at its declared unit", () => {
  fc.assert(
    fc.property(document, ({ kind, text }) => {
      const adapter = adapterFor(kind);
      const outcome = adapter.parse(text, { observedAt: "2026-08-01T00:00:00Z" });
      if (!outcome.ok) return;
      const numbers = new Set([...text.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)].map(([digits]) => decimal(digits)));
      numbers.add(decimal("0.000000125"));
      for (const charge of outcome.sheet.offers.flatMap(({ charges }) => charges)) {
        const usdPer = adapter.units.find((unit) => chargeKey(unit) === chargeKey(charge))?.usdPer ?? 0;
        expect(numbers).toContain(shiftPoint(charge.amount, Math.log10(usdPer)));
      }
    }),
    { numRuns: 200 },
  );
});

test("only priced and free offers carry charges, a free one only zeros, and a priced one not only zeros", () => {
  fc.assert(
    fc.property(document, ({ kind, text }) => {
      const outcome = adapterFor(kind).parse(text, { observedAt: "2026-08-01T00:00:00Z" });
      for (const { state, charges } of outcome.ok ? outcome.sheet.offers : []) {
        const paid = charges.filter((charge) => charge.amount !== "0").length;
        if (state === "priced") expect(paid).toBeGreaterThan(0);
        else expect(paid).toBe(0);
        if (state === "unknown" || state === "varies") expect(charges).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});
