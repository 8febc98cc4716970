import { sql } from "drizzle-orm";
import type { Db } from "#/platform/database.ts";
import { modelIdentity } from "#/price/model-identity.ts";
import { listingKeyText } from "#/price/offer.ts";
import type { PeerOffer } from "#/price/peer-index.ts";

type Row = PeerOffer & Readonly<{ id: string; listing: string; observedAt: string }>;

/** What the other sources had in force, at an instant that only moves on. */
export type PastPeers = Readonly<{
  /** Goes on to an instant (ISO 8601, UTC). */
  moveTo: (instant: string) => Promise<void>;
  /** What was in force then of some models, by `modelIdentity(…).base`. */
  of: (models: readonly string[]) => PeerOffer[];
}>;

type Input = Readonly<{
  /** Its own prices are left out. */
  source: string;
  since: string;
  /** The models that will be asked for, by the base of their identity. */
  models: ReadonlySet<string>;
  /** Awaited between the rows, so that others may go first. */
  turn: () => Promise<void>;
}>;

const PAGE = 2_000;
const COLUMNS = sql`h.id::text, h.source, h.seller, h.model, h.variant, h.listing, h.state, h.charges,
  to_json(h.observed_at) #>> '{}' as "observedAt"`;

/** Reads what stood at `since`. What came later is read in pages, as `moveTo` comes to it. */
export async function openPastPeers(db: Db, { source, since, models, turn }: Input): Promise<PastPeers> {
  const standing = new Map<string, Map<string, PeerOffer>>();
  const book = await db.execute<Row>(
    sql`select ${COLUMNS} from model_pricing p cross join lateral (
        select h.* from model_pricing_history h
        where (h.model, h.seller, h.variant, h.source, h.listing) = (p.model, p.seller, p.variant, p.source, p.listing)
          and h.effective_at <= ${since}::timestamptz and h.observed_at <= ${since}::timestamptz
          and (h.withdrawn_at is null or h.withdrawn_at > ${since}::timestamptz)
        order by h.effective_at desc nulls last, h.observed_at desc, h.id desc limit 1) h
      where p.source <> ${source}`,
  );
  for (const row of book) await place(row);
  let page: readonly Row[] = [];
  let next = 0;
  let isLast = false;

  return {
    async moveTo(instant) {
      for (let row = await peek(); row !== undefined && row.observedAt <= instant; row = await peek()) {
        await place(row);
        next += 1;
      }
    },
    of: (names) => names.flatMap((name) => [...(standing.get(name)?.values() ?? [])]),
  };

  async function place(row: Row): Promise<void> {
    await turn();
    const { base } = modelIdentity(row.model);
    if (!models.has(base)) return;
    const offers = standing.get(base) ?? new Map<string, PeerOffer>();
    standing.set(base, offers);
    const key = `${row.source}\u0000${listingKeyText(row)}`;
    // What has no price is no evidence, as in a sync.
    if (row.state === "priced" || row.state === "free") offers.set(key, row);
    else offers.delete(key);
  }

  async function peek(): Promise<Row | undefined> {
    if (next >= page.length && !isLast) {
      const after = page.at(-1);
      page = await readMoves(db, source, { at: after?.observedAt ?? since, id: after?.id });
      next = 0;
      isLast = page.length < PAGE;
    }
    return page[next];
  }
}

async function readMoves(
  db: Db,
  source: string,
  after: Readonly<{ at: string; id: string | undefined }>,
): Promise<readonly Row[]> {
  // At the instant of the start itself nothing is left: the book has it.
  const place =
    after.id === undefined
      ? sql`observed_at > ${after.at}::timestamptz`
      : sql`(observed_at, id) > (${after.at}::timestamptz, ${after.id}::bigint)`;
  return db.execute<Row>(sql`
    select ${COLUMNS} from model_pricing_history h
    where source <> ${source} and ${place} and not announced
    order by observed_at, id limit ${PAGE}`);
}
