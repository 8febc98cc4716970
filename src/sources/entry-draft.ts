import { chargeKey, sortCharges, type Charge } from "#/price/charge.ts";
import type { Reject } from "#/price/offer.ts";
import type { UnitDeclaration } from "#/sources/adapter.ts";
import { isAbsent } from "#/sources/payload-shape.ts";
import { readAmount } from "#/sources/read-amount.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";
import type { UnreadPlace } from "#/sources/unread-fields.ts";
import type { RejectReason } from "#/terms/offer.ts";

type Terms = Pick<UnitDeclaration, "meter" | "unit" | "usdPer" | "usdExponent" | "tier"> & Pick<Charge, "window">;

/**
 * Collects the charges of one entry, by variant. A declared field that cannot be read is a fault: the good fields stay
 * together with it, and the guard holds the offer whole. An undeclared field is only refused.
 */
export type EntryDraft = Readonly<{
  /** Takes one amount; absent or null says nothing. */
  charge: (field: string, value: unknown, terms: Terms, variant?: string) => void;
  /** Refuses one field or part; the rest of the entry counts. `value` is what it holds, where that says more. */
  refuse: (field: string, detail: string, value?: unknown) => void;
  /** Leaves out an undeclared field that is no price, and that a bill may still depend on. Nothing is held for it. */
  ignore: (field: string, value: unknown) => void;
  /** Marks the entry as faulty. */
  fail: (field: string, reason: RejectReason, detail: string, value?: unknown) => void;
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
  const faults: (Reject & UnreadPlace)[] = [];

  function fail(field: string, reason: RejectReason, detail: string, value: unknown = detail): void {
    if (faults.length < FAULTS_KEPT) faults.push({ path: join(path, field), reason, detail, field, value });
  }

  return {
    fail,
    charge(field, value, { meter, unit, tier, window, ...scale }, variant = "default") {
      if (isAbsent(value)) return;
      const reading = readAmount(value, scale);
      if (!reading.ok) {
        fail(field, reading.reason, reading.detail, value);
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
    refuse(field, detail, value = detail) {
      sheet.rejectField({ path: join(path, field), field, value }, "unit_unknown", detail);
    },
    ignore(field, value) {
      sheet.ignoreField({ path: join(path, field), field, value });
    },
    finish() {
      for (const fault of faults) sheet.rejectField(fault, fault.reason, fault.detail);
      sheet.countRounded(rounded);
      const sorted = [...variants].map(([variant, charges]) => [variant, sortCharges([...charges.values()])] as const);
      return {
        variants: new Map(sorted),
        faults:
          faults.length > 0 ? { faults: faults.map(({ path, reason, detail }) => ({ path, reason, detail })) } : {},
      };
    },
  };
}

function join(path: string, field: string): string {
  return field === "" ? path : `${path}.${field}`;
}

export function hasPaidCharge(charges: readonly Charge[]): boolean {
  return charges.some((charge) => charge.amount !== "0");
}
