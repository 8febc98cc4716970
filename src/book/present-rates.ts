import { setImmediate as turn } from "node:timers/promises";
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { isKnownMark, readBookMark, type BookMark } from "#/book/book-mark.ts";
import { STATED_FACTS } from "#/book/facts-of-rates.ts";
import { PRICE_JSON } from "#/book/rate-columns.ts";
import { presentRates, RATE_ORDER } from "#/book/rates-at.ts";
import { readTogether } from "#/book/read-together.ts";
import type { Db } from "#/platform/database.ts";
import { foldFacts, nameFacts, type statedFacts } from "#/terms/facts.ts";
import type { OfferState } from "#/terms/offer.ts";

/** One present rate. `json` is its price as `/v1/prices` gives it; null when it has none. */
export type PresentRate = Readonly<{
  id: string;
  seller: string;
  model: string;
  variant: string;
  state: OfferState;
  /** The version of the book that brought it. */
  version: string;
  json: string | null;
}>;

type Key = Pick<PresentRate, "seller" | "model" | "variant">;

/** A key that may have another rate: `rate` is null when it has none any more. `next` is the key after it in the order of pages. */
export type PresentChange = Readonly<{ key: Key; rate: PresentRate | null; next: Key | null }>;

/** All present rates in the order of pages, or those that may have changed since a mark, in the same order. */
export type PresentRates = Readonly<
  { mark: BookMark } & ({ whole: readonly PresentRate[] } | { changes: readonly PresentChange[] })
>;

/** With more changes than this, everything is read again. */
const MOST_CHANGES = 5_000;

/** Reads the present rates, or what may have changed since a mark, in one snapshot with the mark that they are of. */
export async function readPresentRates(db: Db, since?: BookMark): Promise<PresentRates> {
  return readTogether(db, async (tx) => {
    const mark = await readBookMark(tx);
    // Facts are of no version: which of them are others is not said.
    const isNext =
      since !== undefined &&
      since.facts === mark.facts &&
      BigInt(since.version) <= BigInt(mark.version) &&
      (await isKnownMark(tx, since));
    const changes = isNext ? await readChanges(tx, since, mark) : undefined;
    if (changes !== undefined) return { mark, changes };
    const rows = await tx.execute<PresentRow>(sql`
      select ${PRESENT} from (${presentRates(mark, [])}) r order by ${RATE_ORDER}`);
    return { mark, whole: await withAllFacts([...rows]) };
  });
}

/** A row as the database gives it: `json` without facts, and what each source states, in the order of rank. */
type PresentRow = PresentRate & Readonly<{ facts: readonly z.infer<typeof statedFacts>[] }>;

const PRESENT = sql`r.id::text as id, r.seller, r.model, r.variant, r.state, r.version_from::text as version, (${PRICE_JSON})::text as json, ${STATED_FACTS} as facts`;

/** A query for the keys whose rate came, or went, with a version after this one, or was announced for an instant in `(from, to]`. */
export function movedKeys(version: string, { from, to }: Readonly<{ from: SQL; to: string }>): SQL {
  return sql`
    select r.model, r.seller, r.variant from rates r where r.version_from > ${version}::bigint
    union select r.model, r.seller, r.variant from rates r where r.version_to > ${version}::bigint
    union select r.model, r.seller, r.variant from rates r where not r.is_news and r.version_to is null and r.valid_to is null
      and r.valid_from > ${from} and r.valid_from <= ${to}::timestamptz`;
}

/** `undefined` when there are too many. */
async function readChanges(db: Db, since: BookMark, { now }: BookMark): Promise<PresentChange[] | undefined> {
  const moved = sql`${movedKeys(since.version, { from: sql`${since.now}::timestamptz`, to: now })} limit ${MOST_CHANGES + 1}`;
  const present = (condition: SQL) => sql`r.version_to is null and r.valid_to is null
    and r.valid_from <= ${now}::timestamptz and ${condition}`;
  const rows = await db.execute<Omit<PresentChange, "rate"> & { rate: PresentRow | null }>(sql`
    select json_build_object('model', k.model, 'seller', k.seller, 'variant', k.variant) as key,
      (select row_to_json(found) from (select ${PRESENT} from rates r
        where ${present(sql`(r.model, r.seller, r.variant) = (k.model, k.seller, k.variant)`)}
        order by r.valid_from desc limit 1) found) as rate,
      (select json_build_object('model', r.model, 'seller', r.seller, 'variant', r.variant) from rates r
        where ${present(sql`(${RATE_ORDER}) > (k.model, k.seller, k.variant <> 'default', k.variant)`)}
        order by ${RATE_ORDER} limit 1) as next
    from (${moved}) k order by k.model, k.seller, (k.variant <> 'default'), k.variant`);
  if (rows.length > MOST_CHANGES) return undefined;
  return rows.map(({ rate, ...change }) => ({ ...change, rate: rate && withFacts(rate) }));
}

function withFacts({ facts, json, ...rate }: PresentRow): PresentRate {
  const named = json === null ? "" : JSON.stringify(nameFacts(foldFacts(facts)));
  return { ...rate, json: json === null ? null : `${json.slice(0, -1)},"facts":${named}}` };
}

const AT_ONCE = 1_000;

/** So many at a time, so that requests are answered meanwhile. */
async function withAllFacts(rows: readonly PresentRow[]): Promise<PresentRate[]> {
  const rates: PresentRate[] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    if (start > 0) await turn();
    rates.push(...rows.slice(start, start + AT_ONCE).map(withFacts));
  }
  return rates;
}
