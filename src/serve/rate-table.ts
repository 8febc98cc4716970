import type { PresentChange, PresentRate } from "#/book/present-rates.ts";
import { offerKeyText, type OfferKey } from "#/price/offer.ts";

/** The present rates in memory, in the order of pages. */
export type RateTable = Readonly<{
  all: () => readonly PresentRate[];
  /** In the order of pages; empty for a model that nobody lists. */
  ofModel: (model: string) => readonly PresentRate[];
  find: (key: OfferKey) => PresentRate | undefined;
  /** Exchanges what has changed; the changes stand in the order of pages. */
  apply: (changes: readonly PresentChange[]) => void;
}>;

const NONE: readonly PresentRate[] = [];

export function createRateTable(rates: readonly PresentRate[]): RateTable {
  let all = rates;
  const models = new Map<string, readonly PresentRate[]>();
  for (const rate of rates) {
    const ofModel = models.get(rate.model);
    // Filled while it is made, and never changed after that.
    if (ofModel === undefined) models.set(rate.model, [rate]);
    else (ofModel as PresentRate[]).push(rate);
  }
  const ofModel = (model: string) => models.get(model) ?? NONE;
  const find = ({ model, seller, variant }: OfferKey) =>
    ofModel(model).find((rate) => rate.seller === seller && rate.variant === variant);

  return {
    all: () => all,
    ofModel,
    find,
    apply(changes) {
      const replaced = new Map<PresentRate, PresentRate | null>();
      const added: PresentChange[] = [];
      for (const change of changes) {
        const before = find(change.key);
        if (before !== undefined) replaced.set(before, change.rate);
        else if (change.rate !== null) added.push(change);
      }
      all = place(all, replaced, placeAdded(added));
      const touched = new Set(changes.map(({ key }) => key.model));
      const fresh = Map.groupBy(
        all.filter(({ model }) => touched.has(model)),
        ({ model }) => model,
      );
      for (const model of touched) {
        const now = fresh.get(model);
        if (now === undefined) models.delete(model);
        else models.set(model, now);
      }
    },
  };
}

function place(
  rates: readonly PresentRate[],
  replaced: ReadonlyMap<PresentRate, PresentRate | null>,
  added: ReadonlyMap<string, readonly PresentRate[]>,
): PresentRate[] {
  const placed: PresentRate[] = [];
  for (const rate of rates) {
    if (added.size > 0) placed.push(...(added.get(offerKeyText(rate)) ?? NONE));
    const now = replaced.has(rate) ? replaced.get(rate) : rate;
    if (now) placed.push(now);
  }
  placed.push(...(added.get(END) ?? NONE));
  return placed;
}

/** Stands for the end of the table. */
const END = "";

/** The new rates by the key of the standing rate before which they belong. */
function placeAdded(added: readonly PresentChange[]): ReadonlyMap<string, readonly PresentRate[]> {
  const places = new Map<string, PresentRate[]>();
  const placeOf = new Map<string, string>();
  // From the last one on: one that comes before another new rate belongs where that one does.
  for (const { key, rate, next } of added.toReversed()) {
    if (rate === null) continue;
    const following = next === null ? END : offerKeyText(next);
    const place = placeOf.get(following) ?? following;
    placeOf.set(offerKeyText(key), place);
    places.set(place, [rate, ...(places.get(place) ?? [])]);
  }
  return places;
}
