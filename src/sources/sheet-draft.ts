import type { Offer, PriceSheet, Reject } from "#/price/offer.ts";
import { showValue } from "#/sources/payload-shape.ts";
import { createUnreadFields, type UnreadPlace } from "#/sources/unread-fields.ts";
import type { RejectReason } from "#/terms/offer.ts";

/** Collects what one document says; an entry offered twice keeps the last offer. */
export type SheetDraft = Readonly<{
  offer: (offer: Offer) => void;
  reject: (path: string, reason: RejectReason, detail: string) => void;
  /** Refuses a field of an entry; `of` is where and what it is. */
  rejectField: (of: UnreadPlace, reason: RejectReason, detail: string) => void;
  /** Counts an undeclared field that no price is refused for, and that may still move one. */
  ignoreField: (of: UnreadPlace) => void;
  skip: (why: string) => void;
  countRounded: (amounts: number) => void;
  finish: () => PriceSheet;
}>;

const LONGEST_PATH = 200;

/** `duplicateKeys` are the keys the JSON text itself carried twice: each is a reject of its own. */
export function createSheetDraft(duplicateKeys: readonly string[]): SheetDraft {
  const offers = new Map<string, Offer>();
  const rejects: Reject[] = [];
  const unread = createUnreadFields();
  const skipped = new Map<string, number>();
  let rounded = 0;

  function rejectField(of: UnreadPlace, reason: RejectReason, detail: string): void {
    rejects.push({ path: showValue(of.path, LONGEST_PATH), reason, detail });
    unread.add(reason, of);
  }
  function reject(path: string, reason: RejectReason, detail: string): void {
    rejectField({ path, field: "", value: detail }, reason, detail);
  }
  for (const key of duplicateKeys) reject(key, "duplicate", "the key is there twice; the last value counts");

  return {
    reject,
    rejectField,
    ignoreField: (of) => unread.add("may_move_price", of),
    offer(offer) {
      const key = `${offer.listing}\u0000${offer.variant}`;
      const overwritten = offers.get(key);
      if (overwritten !== undefined)
        reject(overwritten.listing, "duplicate", `offered again as ${showValue(offer.listing)}; the last one counts`);
      offers.set(key, offer);
    },
    skip(why) {
      skipped.set(why, (skipped.get(why) ?? 0) + 1);
    },
    countRounded(amounts) {
      rounded += amounts;
    },
    finish: () => ({
      offers: [...offers.values()],
      rejects,
      unreadFields: unread.list(),
      skipped: Object.fromEntries(skipped),
      rounded,
    }),
  };
}
