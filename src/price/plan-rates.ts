import { isSameRate, type Micros, type RateOrigin, type RateSegment } from "#/price/fold-rates.ts";

/** A row of the timeline as the book knows it now. `to` is null while no later row of the past or present follows it. */
export type StandingRate = Readonly<{
  id: string;
  from: Micros;
  to: Micros | null;
  fingerprint: string;
  origins: readonly RateOrigin[];
}>;

/** `isNews`: it comes into force with the version that brings it, in the place of `replaces`, if anything was there. */
type News = Readonly<{ to: Micros | null; isNews: boolean; replaces: string | null }>;

/** What has to be written so that the book's timeline is another one. Ids are those of standing rows. */
export type RatePlan = Readonly<{
  inserts: readonly (RateSegment & News)[];
  /** Rows that are written again with another end, or because their day has come. */
  copies: readonly (Readonly<{ id: string }> & News)[];
  /** Rows that the new version no longer says, those that are copied among them. */
  supersedes: readonly string[];
  closes: readonly Readonly<{ id: string; to: Micros }>[];
}>;

type Entry = Readonly<{ from: Micros } & ({ standing: StandingRate } | { standing?: undefined; segment: RateSegment })>;

/**
 * Compares a standing timeline with what the facts say from an instant on, `segments`, whose first begins there. `standing`
 * holds, in the order of their instants, at least the row before that instant, all later ones, and all that are not closed.
 */
export function planRates(
  standing: readonly StandingRate[],
  segments: readonly RateSegment[],
  { since, now }: { since: Micros; now: Micros },
): RatePlan {
  const before = standing.filter(({ from }) => from < since);
  const later = standing.filter(({ from }) => from >= since);
  const last = before.at(-1);
  const [first, ...rest] = segments;
  const goesOn = first !== undefined && (last === undefined ? first.isEmpty : isSameRate(last, first));
  const wanted = first === undefined || goesOn ? rest : segments;

  const byInstant = new Map(later.map((row) => [row.from, row]));
  const entries: Entry[] = [
    ...before.map((row) => ({ from: row.from, standing: row })),
    ...wanted.map((segment): Entry => {
      const row = byInstant.get(segment.from);
      const isKept = row !== undefined && isSameRate(row, segment);
      return isKept ? { from: row.from, standing: row } : { from: segment.from, segment };
    }),
  ];
  const kept = new Set(entries.flatMap(({ standing: row }) => (row === undefined ? [] : [row.id])));
  const dropped = later.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  return planEntries(entries, dropped, findTold(standing, now), now);
}

/** The row that readers were told last to be in force: a later one whose day has come is news as soon as it is settled. */
function findTold(standing: readonly StandingRate[], now: Micros): string | null {
  return standing.find(({ from, to }) => to === null && from <= now)?.id ?? null;
}

function planEntries(
  entries: readonly Entry[],
  dropped: readonly string[],
  told: string | null,
  now: Micros,
): RatePlan {
  const present = entries.findLastIndex(({ from }) => from <= now);
  const inserts: RatePlan["inserts"][number][] = [];
  const copies: RatePlan["copies"][number][] = [];
  const closes: RatePlan["closes"][number][] = [];
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    const to = next !== undefined && next.from <= now ? next.from : null;
    const news = { to, isNews: index === present, replaces: index === present ? told : null };
    if (entry.standing === undefined) inserts.push({ ...entry.segment, ...news });
    else {
      const { id, to: end } = entry.standing;
      const hasComeDue = index === present && end === null && told !== null && told !== id;
      if (hasComeDue || (end !== null && end !== to)) copies.push({ id, ...news });
      else if (end === null && to !== null) closes.push({ id, to });
    }
  }
  return { inserts, copies, supersedes: [...dropped, ...copies.map(({ id }) => id)], closes };
}

/** What becomes of the price that readers are told to be in force. */
export type PriceNews = "first" | "changed" | "gone";

/** What a plan for a standing timeline is to readers; `undefined` when the price in force stays what it was. */
export function newsOf({ inserts, copies }: RatePlan, standing: readonly StandingRate[]): PriceNews | undefined {
  const news = [...inserts, ...copies].find(({ isNews }) => isNews);
  const row = news !== undefined && "id" in news ? standing.find(({ id }) => id === news.id) : news;
  const before = standing.find(({ id }) => id === news?.replaces);
  if (row === undefined || row.fingerprint === before?.fingerprint) return undefined;
  if (row.origins.length === 0) return "gone";
  return before === undefined || before.origins.length === 0 ? "first" : "changed";
}

/** Whether a plan writes anything. */
export function isIdlePlan({ inserts, supersedes, closes }: RatePlan): boolean {
  return inserts.length === 0 && supersedes.length === 0 && closes.length === 0;
}
