/** Two instants as the inputs hold them: `2026-08-01T12:00`, in UTC; `to` is now when absent. */
export type Period = Readonly<{ from: string; to?: string | undefined }>;

export const DAY_STARTS = [
  { days: 1, label: "day" },
  { days: 7, label: "week" },
  { days: 30, label: "30 days" },
  { days: 365, label: "year" },
] as const;

const DAY_MS = 86_400_000;
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** What the address asks for; the last day when it names no start. `now`: ms since the epoch. */
export function readPeriod(query: Readonly<{ get: (name: string) => string | null }>, now: number): Period {
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
