import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeKey, diffCharges, displayCharge, sortCharges, type Charge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";
import { METERS, UNITS } from "#/terms/meter.ts";

const charge = fc
  .record({
    meter: fc.constantFrom(...METERS),
    unit: fc.constantFrom(...UNITS),
    amount: fc.integer({ min: 0, max: 10_000 }).map((n) => decimal(`${n}e-9`)),
    above: fc.option(fc.constantFrom(200_000, 272_000), { nil: undefined }),
    window: fc.option(fc.constant({ from: "16:30", to: "00:30" }), { nil: undefined }),
  })
  .map(({ above, window, ...rest }): Charge => ({
    ...rest,
    ...(above ? { tier: { above } } : {}),
    ...(window ? { window } : {}),
  }));
const sheet = fc.uniqueArray(charge, { selector: chargeKey, maxLength: 12 });

test("a sheet's fingerprint does not depend on the order of its lines, and does on every amount, tier and state", () => {
  fc.assert(
    fc.property(sheet, fc.nat(), (charges, seed) => {
      const shuffled = charges.toSorted(
        (a, b) => ((chargeKey(a).length * seed) % 7) - ((chargeKey(b).length * seed) % 7),
      );
      const print = fingerprintOffer({ state: "priced", charges });
      expect(fingerprintOffer({ state: "priced", charges: shuffled })).toBe(print);
      expect(fingerprintOffer({ state: "unknown", charges })).not.toBe(print);
      const [first, ...rest] = charges;
      if (first === undefined) return;
      expect(fingerprintOffer({ state: "priced", charges: rest })).not.toBe(print);
      expect(
        fingerprintOffer({ state: "priced", charges: [{ ...first, amount: decimal("0.123") }, ...rest] }),
      ).not.toBe(print);
    }),
  );
});

test("applying a diff to the old sheet gives the new one", () => {
  fc.assert(
    fc.property(sheet, sheet, (before, after) => {
      const lines = new Map(before.map((line) => [chargeKey(line), line]));
      for (const change of diffCharges(before, after)) {
        if (change.after === undefined) lines.delete(change.key);
        else lines.set(change.key, change.after);
      }
      expect(sortCharges([...lines.values()])).toEqual(sortCharges(after));
      expect(diffCharges(after, after)).toEqual([]);
    }),
  );
});

test("people read tokens by the million, and everything else by the piece", () => {
  expect(displayCharge({ amount: decimal("0.0000025"), unit: "token" })).toEqual({ amount: "2.5", per: "1M tokens" });
  expect(displayCharge({ amount: decimal("0.04"), unit: "image" })).toEqual({ amount: "0.04", per: "image" });
});
