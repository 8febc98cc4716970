import type { ParseContext, ParseOutcome, SourceAdapter } from "#/sources/adapter.ts";

/** Parses a payload by its adapter. A list whose offers all lack a price is a problem of its own, never a book of unknowns. */
export function parsePayload(adapter: SourceAdapter, text: string, context: ParseContext): ParseOutcome {
  const outcome = adapter.parse(text, context);
  if (!outcome.ok) return outcome;
  const { offers } = outcome.sheet;
  const hasPrices = offers.some(({ state, faults }) => state !== "unknown" || faults !== undefined);
  if (offers.length === 0 || hasPrices) return outcome;
  const message = `The list names ${offers.length} models and carries no prices. Take this seller's prices from a catalogue, or pin them by hand.`;
  return { ok: false, problem: { code: "no_prices", message } };
}
