import { chargeKey, displayCharge } from "#/price/charge.ts";
import { meterWords, priceWithUnit, usd } from "#/price/charge-words.ts";
import { compareDecimals, decimal } from "#/price/decimal.ts";
import { readCharges } from "#/price/read-charges.ts";
import { METERS, UNITS } from "#/terms/meter.ts";
import type { Hold } from "#/ui/review/hold-words.model.ts";

type Evidence = Readonly<{ source: string; seller: string; model: string; [more: string]: unknown }>;
type Present = Evidence & Readonly<{ since: string; seenAt: string | null }>;
type Known = Readonly<{ evidence: readonly Evidence[]; evidenceNow: readonly Present[] }> & Pick<Hold, "old" | "new">;

/** What one other source says of the same model: when the price was held, and now. */
export type EvidenceRow = Readonly<{
  key: string;
  seller: string;
  source: string;
  /** Undefined when the source did not list the model then. */
  whenHeld: string | undefined;
  /** Undefined when it does not list it any more. */
  now: string | undefined;
  isMoved: boolean;
  /** Which of the two prices it has now on all that it and the hold have in common. */
  agrees: "held" | "last good" | undefined;
  /** Since when its source has said so, and when that was last read (ISO 8601). */
  since: string | undefined;
  seenAt: string | undefined;
}>;

/** What other sources ask for the model of a held price, those that have it now first. */
export function evidenceRows({ evidence, evidenceNow, old, new: held }: Known): EvidenceRow[] {
  const then = new Map(evidence.map((one) => [keyOf(one), one]));
  const now = new Map(evidenceNow.map((one) => [keyOf(one), one]));
  return [...new Set([...now.keys(), ...then.keys()])].flatMap((key) => {
    const [before, present] = [then.get(key), now.get(key)];
    const any = present ?? before;
    if (any === undefined) return [];
    const [saidThen, saysNow] = [before && amountWords(before), present && amountWords(present)];
    return [
      {
        key,
        seller: any.seller,
        source: any.source,
        whenHeld: saidThen,
        now: saysNow,
        isMoved: saidThen !== saysNow,
        agrees: present && agreement(present, old?.charges ?? [], held.charges),
        since: present?.since,
        seenAt: present?.seenAt ?? undefined,
      },
    ];
  });
}

function keyOf({ source, seller, model, variant }: Evidence): string {
  return JSON.stringify([source, seller, model, variant]);
}

type Charges = Hold["new"]["charges"];

function agreement(peer: Evidence, old: Charges, held: Charges): EvidenceRow["agrees"] {
  if (asksTheSame(peer, held)) return "held";
  return asksTheSame(peer, old) ? "last good" : undefined;
}

function asksTheSame(peer: Evidence, charges: Charges): boolean {
  const amounts = new Map(amountsOf(peer));
  const shared = readCharges(charges).flatMap((charge) => {
    const asked = amounts.get(chargeKey(charge));
    return asked === undefined ? [] : [compareDecimals(decimal(asked), charge.amount) === 0];
  });
  return shared.length > 0 && shared.every(Boolean);
}

function amountsOf({ amounts }: Evidence): [key: string, amount: string][] {
  if (typeof amounts !== "object" || amounts === null) return [];
  return Object.entries(amounts).flatMap(([key, amount]): [string, string][] =>
    typeof amount === "string" ? [[key, amount]] : [],
  );
}

const OTHERS_SHOWN = 2;

/** "$1.00 in, $4.00 out" per 1M tokens; for a model without such prices a few of those that it has. */
function amountWords(peer: Evidence): string {
  const amounts = amountsOf(peer);
  const perToken = amounts.flatMap(([key, amount]) => {
    const meter = key === "input/token" ? "in" : key === "output/token" ? "out" : undefined;
    return meter === undefined
      ? []
      : [`${usd(displayCharge({ amount: decimal(amount), unit: "token" }).amount)} ${meter}`];
  });
  if (perToken.length > 0) return perToken.join(", ");
  const others = amounts.flatMap(([key, amount]) => {
    const [meter, unit] = [
      METERS.find((one) => key.startsWith(`${one}/`)),
      UNITS.find((one) => key.endsWith(`/${one}`)),
    ];
    if (meter === undefined || unit === undefined) return [];
    return [`${meterWords(meter)} ${priceWithUnit({ amount: decimal(amount), unit })}`];
  });
  return others.length === 0 ? "other meters only" : others.slice(0, OTHERS_SHOWN).join(", ");
}
