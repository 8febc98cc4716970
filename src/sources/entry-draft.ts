import { chargeKey, sortCharges, type Charge } from "#/price/charge.ts";
import type { RejectReason } from "#/price/offer.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { isAbsent } from "#/sources/payload-shape.ts";
import { readAmount } from "#/sources/read-amount.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

type Terms = Pick<UnitDeclaration, "meter" | "unit" | "usdPer" | "tier"> & Pick<Charge, "window">;

/**
 * Collects the charges of one entry, by variant. One declared field that cannot be read fails the whole entry, so
 * that its last good price stays in force rather than be half updated; an undeclared field is only refused.
 */
export type EntryDraft = Readonly<{
  /** Takes one amount; absent or null says nothing. */
  charge: (field: string, value: unknown, terms: Terms, variant?: string) => void;
  /** Refuses one field or part; the rest of the entry counts. */
  refuse: (field: string, detail: string) => void;
  /** Fails the entry; only the first failure is reported. */
  fail: (field: string, reason: RejectReason, detail: string) => void;
  /** The charges by variant, sorted; `undefined` when the entry failed. Reports rejects and roundings to the sheet. */
  finish: () => ReadonlyMap<string, readonly Charge[]> | undefined;
}>;

/** `path` is where the entry is in the payload; field paths continue it. */
export function createEntryDraft(sheet: SheetDraft, path: string): EntryDraft {
  const variants = new Map<string, Map<string, Charge>>();
  let rounded = 0;
  let failure: Readonly<{ field: string; reason: RejectReason; detail: string }> | undefined;

  function fail(field: string, reason: RejectReason, detail: string): void {
    failure ??= { field, reason, detail };
  }

  return {
    fail,
    charge(field, value, { meter, unit, usdPer, tier, window }, variant = "default") {
      if (isAbsent(value)) return;
      const reading = readAmount(value, usdPer);
      if (!reading.ok) {
        fail(field, reading.reason, reading.detail);
        return;
      }
      const charges = variants.get(variant) ?? new Map<string, Charge>();
      variants.set(variant, charges);
      const line = { meter, unit, ...(tier ? { tier } : {}), ...(window ? { window } : {}) };
      const key = chargeKey(line);
      const other = charges.get(key);
      if (other !== undefined && other.amount !== reading.amount) {
        fail(field, "duplicate", `${reading.amount} and ${other.amount} for ${key}`);
        return;
      }
      charges.set(key, { ...line, amount: reading.amount });
      if (reading.rounded) rounded += 1;
    },
    refuse(field, detail) {
      sheet.reject(join(path, field), "unit_unknown", detail);
    },
    finish() {
      if (failure) {
        sheet.reject(join(path, failure.field), failure.reason, failure.detail);
        return undefined;
      }
      sheet.countRounded(rounded);
      return new Map([...variants].map(([variant, charges]) => [variant, sortCharges([...charges.values()])]));
    },
  };
}

function join(path: string, field: string): string {
  return field === "" ? path : `${path}.${field}`;
}

export function hasPaidCharge(charges: readonly Charge[]): boolean {
  return charges.some((charge) => charge.amount !== "0");
}
