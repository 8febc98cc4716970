import type { Inputs } from "#/ui/trpc.tsx";

/** Two instants as the inputs hold them: `2026-08-01T12:00`, in UTC; `to` is now when absent. */
export type Period = Readonly<{ from: string; to?: string | undefined }>;

export const DAY_STARTS = [
  { days: 1, label: "day" },
  { days: 7, label: "week" },
  { days: 30, label: "30 days" },
  { days: 365, label: "year" },
] as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHOWN = 200;
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

type Address = Readonly<{ get: (name: string) => string | null }>;

/** What the page asks for, the server and the browser in the same words. `now`: ms since the epoch. */
export function changesInput(query: Address, now: number): Inputs["prices"]["diff"] {
  const { from, to } = readPeriod(query, now);
  return {
    from: `${from}:00Z`,
    ...(to === undefined ? {} : { to: `${to}:00Z` }),
    // All that is known now, in a question that stays the same while the page is open.
    ...(query.get("known") === "now"
      ? { knownAt: `${new Date(now + HOUR_MS).toISOString().slice(0, 13)}:00:00Z` }
      : {}),
    limit: SHOWN,
  };
}

/** What the address asks for; the last day when it names no start. `now`: ms since the epoch. */
export function readPeriod(query: Address, now: number): Period {
  const [from, to] = [readMinute(query.get("from")), readMinute(query.get("to"))];
  // A start on a whole hour keeps the question, and so its answer, the same while the page is open.
  const start = from ?? `${new Date(now - DAY_MS).toISOString().slice(0, 13)}:00`;
  return { from: start, ...(to === undefined ? {} : { to }) };
}

function readMinute(text: string | null): string | undefined {
  return text !== null && MINUTE.test(text) && !Number.isNaN(Date.parse(`${text}Z`)) ? text : undefined;
}

export type ShownPeriod = Readonly<{ from?: string | undefined; to?: string | undefined; isKnownNow?: boolean }>;

export function showPeriod({ from, to, isKnownNow = false }: ShownPeriod): void {
  const query = new URLSearchParams();
  if (from !== undefined) query.set("from", from);
  if (to !== undefined) query.set("to", to);
  if (isKnownNow) query.set("known", "now");
  history.replaceState(null, "", `${location.pathname}${query.size === 0 ? "" : `?${query.toString()}`}`);
}
