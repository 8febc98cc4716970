import { chargeKey, sortCharges, type Charge } from "#/price/charge.ts";
import type { Reject } from "#/price/offer.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { isAbsent } from "#/sources/payload-shape.ts";
import { readAmount } from "#/sources/read-amount.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { RejectReason } from "#/terms/offer.ts";

type Terms = Pick<UnitDeclaration, "meter" | "unit" | "usdPer" | "usdExponent" | "tier"> & Pick<Charge, "window">;

/**
 * Collects the charges of one entry, by variant. A declared field that cannot be read is a fault: the good fields stay
 * together with it, and the guard holds the offer whole. An undeclared field is only refused.
 */
export type EntryDraft = Readonly<{
  /** Takes one amount; absent or null says nothing. */
  charge: (field: string, value: unknown, terms: Terms, variant?: string) => void;
  /** Refuses one field or part; the rest of the entry counts. */
  refuse: (field: string, detail: string) => void;
  /** Marks the entry as faulty. */
  fail: (field: string, reason: RejectReason, detail: string) => void;
  /** The charges by variant, sorted, and the faults. Reports rejects and roundings to the sheet. */
  finish: () => Readonly<{ variants: ReadonlyMap<string, readonly Charge[]>; faults: Faults }>;
}>;

/** Spread into an offer: `faults` is there only when there are some. */
export type Faults = Readonly<{ faults?: readonly Reject[] }>;

const FAULTS_KEPT = 10;

/** `path` is where the entry is in the payload; field paths continue it. */
export function createEntryDraft(sheet: SheetDraft, path: string): EntryDraft {
  const variants = new Map<string, Map<string, Charge>>();
  let rounded = 0;
  const faults: Reject[] = [];

  function fail(field: string, reason: RejectReason, detail: string): void {
    if (faults.length < FAULTS_KEPT) faults.push({ path: join(path, field), reason, detail });
  }

  return {
    fail,
    charge(field, value, { meter, unit, tier, window, ...scale }, variant = "default") {
      if (isAbsent(value)) return;
      const reading = readAmount(value, scale);
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
      for (const { path: at, reason, detail } of faults) sheet.reject(at, reason, detail);
      sheet.countRounded(rounded);
      const sorted = [...variants].map(([variant, charges]) => [variant, sortCharges([...charges.values()])] as const);
      return { variants: new Map(sorted), faults: faults.length > 0 ? { faults } : {} };
    },
  };
}

function join(path: string, field: string): string {
  return field === "" ? path : `${path}.${field}`;
}

export function hasPaidCharge(charges: readonly Charge[]): boolean {
  return charges.some((charge) => charge.amount !== "0");
}
