import { sql } from "drizzle-orm";
import { findDuePrices } from "#/book/apply-due-prices.ts";
import { readBookMark } from "#/book/book-mark.ts";
import { diffRates } from "#/book/diff-rates.ts";
import { changeOrTry } from "#/book/dry-run.ts";
import { getPrice } from "#/book/get-price.ts";
import { listChangesAfter } from "#/book/list-changes-after.ts";
import { listHistory } from "#/book/list-history.ts";
import { listPriceTable } from "#/book/list-price-table.ts";
import { listRateChanges } from "#/book/list-rate-changes.ts";
import { listRateHistory } from "#/book/list-rate-history.ts";
import { listPricesInForce, readExportedRates } from "#/book/list-rates.ts";
import { openPastPeers } from "#/book/past-peers.ts";
import { readPresentRates } from "#/book/present-rates.ts";
import { putInForce } from "#/book/put-in-force.ts";
import { readTogether } from "#/book/read-together.ts";
import { settleMoved } from "#/book/settle-rates.ts";
import type { Db, Tx } from "#/platform/database.ts";

/** A book that `fillRates` filled, and instants in it (ISO 8601). */
export type FilledBook = Readonly<{ db: Db; rates: number; steps: number; middle: string; newest: string }>;

export type ScaleRead = Readonly<{ rounds: number; run: (book: FilledBook, round: number) => Promise<unknown> }>;

const modelOf = ({ rates }: FilledBook, round: number) => `vendor/model-${1 + ((round * 7_919) % rates)}`;
const MOVED = 1_000;

/** Every kind of statement that reads or writes rates or history, by what it is for. */
export const SCALE_READS: Readonly<Record<string, ScaleRead>> = {
  "a lookup of now": { rounds: 100, run: (book, round) => getPrice(book.db, { model: modelOf(book, round) }) },
  "a lookup at an instant": {
    rounds: 100,
    run: (book, round) => getPrice(book.db, { model: modelOf(book, round), at: book.middle }),
  },
  "a lookup as known at an instant": {
    rounds: 100,
    run: (book, round) => getPrice(book.db, { model: modelOf(book, round), at: book.middle, knownAt: book.middle }),
  },
  "a lookup of now as known at an instant": {
    rounds: 100,
    run: (book, round) => getPrice(book.db, { model: modelOf(book, round), knownAt: book.middle }),
  },
  "a page of 100 at an instant": {
    rounds: 20,
    run: ({ db, middle }) => listPricesInForce(db, { at: middle, limit: 100 }),
  },
  "a page of 100 of now as known at an instant": {
    rounds: 20,
    run: ({ db, middle }) => listPricesInForce(db, { knownAt: middle, limit: 100 }),
  },
  "an export at an instant": {
    rounds: 5,
    run: ({ db, middle }) => readTogether(db, (tx) => readExportedRates(tx, middle)),
  },
  "the whole present": { rounds: 5, run: ({ db }) => readPresentRates(db) },
  "the price table": { rounds: 5, run: ({ db }) => listPriceTable(db, {}) },
  "where the book stands": { rounds: 100, run: ({ db }) => readBookMark(db) },
  "announced prices that are due": { rounds: 100, run: ({ db }) => findDuePrices(db) },
  "a page of 100 of the changes after a version": {
    rounds: 20,
    run: ({ db, steps }) =>
      listChangesAfter(
        db,
        { version: String(Math.floor((steps - 1) / 2)), told: 0 },
        { until: String(steps), limit: 100 },
      ),
  },
  "the newest 100 changes": { rounds: 20, run: ({ db }) => listRateChanges(db, {}, { limit: 100 }) },
  "what differs between two instants": {
    rounds: 5,
    run: ({ db, newest }) => diffRates(db, { from: newest, limit: 100 }),
  },
  // The shortest past has no more of them.
  "a page of 2 of a model's history": {
    rounds: 20,
    run: (book, round) => listRateHistory(book.db, { model: modelOf(book, round), limit: 2 }),
  },
  "a page of 10 of a model's history at the sources": {
    rounds: 20,
    run: (book, round) => listHistory(book.db, { model: modelOf(book, round), limit: 10 }),
  },
  "settling 1,000 prices of one source": {
    rounds: 7,
    run: (book) => changeOrTry(book.db, { dryRun: true }, (tx) => settleSome(tx, book)),
  },
  "what other sources asked at an instant": {
    rounds: 3,
    run: ({ db, middle }) =>
      openPastPeers(db, { source: "first", since: middle, models: new Set(), turn: async () => {} }),
  },
  "moves of other sources after an instant": {
    rounds: 3,
    run: async ({ db, newest }) => {
      const peers = await openPastPeers(db, {
        source: "first",
        since: newest,
        models: new Set(),
        turn: async () => {},
      });
      await peers.moveTo("9999-01-01T00:00:00Z");
    },
  },
  "a batch of every kind of retention": {
    rounds: 5,
    run: ({ db }) =>
      changeOrTry(db, { dryRun: true }, async (tx) => {
        await tx.execute(sql`
          insert into source_payloads (digest, bytes, body, first_seen_at)
          select 'unused-' || n, 1, 'x', '2020-01-01' from generate_series(1, 200) n`);
        return tx.execute(
          sql`select cleanup_old_pricing_jobs(), cleanup_old_pricing_events(), cleanup_unused_payloads()`,
        );
      }),
  },
};

/** The first source asks other prices for some models: what a sync writes, and the rates that follow. */
async function settleSome(tx: Tx, { rates }: FilledBook) {
  const every = Math.max(1, Math.floor(rates / MOVED));
  const moved = await putInForce(
    tx,
    sql`
      select source, seller, model, variant, listing, listed_as, derived_from, state,
        '[{"meter":"input","unit":"token","amount":"0.5"}]'::jsonb as charges, discount, 'moved' as fingerprint,
        clock_timestamp() as effective_at, clock_timestamp() as observed_at, job_id, payload_digest
      from (select *, row_number() over (order by id) as nth from model_pricing where source = 'first') offers
      where nth % ${every} = 0`,
    { cause: "sync" },
  );
  return settleMoved(tx, moved, { cause: "sync" });
}
