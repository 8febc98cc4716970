import { chargeKey, type Charge, type Window } from "#/price/charge.ts";

/** Whether a time of day in UTC, `HH:MM`, lies in a window; one that wraps midnight does so too. */
export function isInWindow({ from, to }: Window, time: string): boolean {
  return from <= to ? from <= time && time < to : time >= from || time < to;
}

/** The charges that are asked at an instant (ISO 8601): a window that is open stands in for the line without one. */
export function activeCharges<C extends Charge>(charges: readonly C[], at: string): C[] {
  const time = new Date(at).toISOString().slice(11, 16);
  const open = charges.filter(({ window }) => window !== undefined && isInWindow(window, time));
  const replaced = new Set(open.map((charge) => lineOf(charge)));
  return charges.filter((charge) =>
    charge.window === undefined ? !replaced.has(lineOf(charge)) : open.includes(charge),
  );
}

function lineOf({ meter, unit, tier }: Charge): string {
  return chargeKey({ meter, unit, ...(tier ? { tier } : {}) });
}
