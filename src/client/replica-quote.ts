import { z } from "zod";
import type { ReplicaRate } from "#/client/replica-rate.ts";
import { chargeKey } from "#/price/charge.ts";
import { quoteRate, upperBound, type QuotableRate } from "#/price/quote.ts";
import { readCharges } from "#/price/read-charges.ts";
import { readUsage } from "#/price/usage.ts";
import { chargeOutput } from "#/terms/offer-output.ts";

/** What a request costs. Amounts are USD, exact decimals. */
export type ReplicaQuote = Readonly<{
  /** `unpriced`: a used meter has no price. `error`: the usage can't be read. */
  outcome: "priced" | "unpriced" | "error";
  /** Null unless it is priced. An unknown price is never 0. */
  total: string | null;
  lines: readonly Readonly<{
    meter: string;
    unit: string;
    units: number | string;
    amount: string;
    cost: string;
    /** The line of the price sheet that was used. */
    charge: string;
  }>[];
  /** Used meters that have no price. */
  unpriced: readonly string[];
  /** The most that a request within the usage may cost, whatever tier and time of day it meets; null when nobody knows. */
  bound: string | null;
  /** Why there is no total. */
  problem: string | null;
}>;

const NOTHING = { total: null, lines: [], unpriced: [], bound: null } as const;

// A rate is read once: an exchanged one is another object.
const read = new WeakMap<ReplicaRate, QuotableRate>();

/** Quotes a usage by a rate, `undefined` when there is none. `at` (ISO 8601) decides which window is open. */
export function quoteReplica(rate: ReplicaRate | undefined, usage: unknown, at: string): ReplicaQuote {
  const reading = readUsage(usage);
  if (!reading.ok) return { ...NOTHING, outcome: "error", problem: `usage: ${reading.problem}` };
  if (rate === undefined)
    return { ...NOTHING, outcome: "unpriced", problem: "No price of this seller, model and variant is in force" };
  const quotable = quotableOf(rate);
  const { outcome, total, lines, unpriced } = quoteRate(quotable, reading.usage, { at });
  return {
    outcome,
    total,
    lines: lines.map(({ charge, ...line }) => ({ ...line, charge: chargeKey(charge) })),
    unpriced,
    bound: upperBound(quotable, reading.usage) ?? null,
    problem: outcome === "priced" ? null : `No price for: ${unpriced.join(", ")}`,
  };
}

function quotableOf(rate: ReplicaRate): QuotableRate {
  const known = read.get(rate);
  if (known !== undefined) return known;
  const { seller, model, variant, state } = rate;
  const charges = readCharges(z.array(chargeOutput).parse(rate.charges));
  const fresh = { seller, model, variant, state, charges };
  read.set(rate, fresh);
  return fresh;
}
