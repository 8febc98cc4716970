import type { Logger } from "pino";
import { readBookMark, type BookMark } from "#/book/book-mark.ts";
import { readPresentRates, type PresentRates } from "#/book/present-rates.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { BOOK_CHANNEL } from "#/book/settle-rates.ts";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { NotificationHub } from "#/platform/notification-hub.ts";
import { within } from "#/platform/within.ts";
import type { SellerIndex } from "#/price/sellers.ts";
import { createRateTable, type RateTable } from "#/serve/rate-table.ts";

/** The present book in memory. It is read in one go: after anything that is awaited it may be another one. */
export type PresentBook = Readonly<{
  mark: BookMark;
  rates: RateTable;
  sellers: SellerIndex;
  /** Only while the database can't be reached: for how many seconds nobody could say whether this is still the present book. */
  staleSeconds?: number;
}>;

export type Snapshot = Readonly<{
  /**
   * The present book, confirmed within the last 5 s, or as it was last seen while the database can't be reached. Throws
   * `UNAVAILABLE` when that is too long ago, or when the book has not come to `minVersion` within a second.
   */
  read: (minVersion?: string) => Promise<PresentBook>;
  /** The same without waiting, when the book has been confirmed lately; else `undefined`. */
  current: () => PresentBook | undefined;
  /** The book as the database says now that it is. Throws `UNAVAILABLE` when the database can't be asked. */
  confirm: () => Promise<PresentBook>;
  /** The version that is answered from now. */
  version: () => string;
  /** Follows what this process has written itself, before anybody is told that it is written. Never fails. */
  refresh: () => Promise<void>;
  /** For how long the book has not been confirmed, in seconds, and whether it is still answered from. */
  health: () => Readonly<{ unconfirmedSeconds: number; isServed: boolean }>;
  /** Calls the listener whenever the book is another one. Returns what ends that. */
  onMove: (listener: () => void) => () => void;
  close: () => Promise<void>;
}>;

type Deps = Readonly<{
  /** Of connections of its own, so that no other work holds it up. */
  db: Db;
  hub: NotificationHub;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
  /** For how long the book is answered from while the database can't be reached. */
  staleMs: number;
}>;

const POLL_MS = 1_000;
/** What has been confirmed within this time needs no question to the database. */
const CONFIRMED_MS = 5_000;
/** A database that takes longer to say where the book stands is away. */
const SLOWEST_LOOK_MS = 2_000;
const MIN_VERSION_MS = 1_000;
/** Whoever wants to know it for sure asks another server rather than wait. */
const SLOWEST_CONFIRMATION_MS = 500;

/** What is known, and how it is kept up to date. */
type Following = {
  book: PresentBook;
  /** Before the question whose answer said that the book is this one. */
  confirmedAt: number;
  /** The last look has failed. */
  isAway: boolean;
  /** Somebody has asked for a look that has not begun. */
  isCalled: boolean;
  isClosed: boolean;
  looking: Promise<void> | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  listeners: Set<() => void>;
};

/** Loads the present book, and follows it by notifications and by a look each second. Throws when it can't be loaded. */
export async function openSnapshot(deps: Deps): Promise<Snapshot> {
  const { hub, clock, staleMs } = deps;
  const following = await load(deps);
  const ageMs = () => clock.monotonicMs() - following.confirmedAt;
  const refresh = () => look(deps, following);
  const unsubscribe = hub.subscribe(BOOK_CHANNEL, () => void refresh());
  void refresh();
  return {
    async read(minVersion) {
      // A process that was frozen, or was busy, does not know yet what has happened meanwhile.
      if (ageMs() > CONFIRMED_MS && !following.isAway) await refresh();
      if (minVersion !== undefined) await reachVersion(deps, following, minVersion);
      return currentBook(following.book, ageMs(), staleMs);
    },
    current: () => (ageMs() <= CONFIRMED_MS ? following.book : undefined),
    async confirm() {
      const isKnown = !following.isAway && (await isDone(within(SLOWEST_CONFIRMATION_MS, refresh())));
      if (isKnown && !following.isAway) return following.book;
      const { version } = following.book.mark;
      throw new AppError(
        "UNAVAILABLE",
        `The database can't be reached, and the prices in memory are of version ${version}`,
        { retryAfterSeconds: 1 },
      );
    },
    version: () => following.book.mark.version,
    refresh,
    health: () => ({
      unconfirmedSeconds: Math.round(ageMs() / 1_000),
      isServed: ageMs() <= Math.max(staleMs, CONFIRMED_MS),
    }),
    onMove(listener) {
      following.listeners.add(listener);
      return () => void following.listeners.delete(listener);
    },
    async close() {
      following.isClosed = true;
      clearTimeout(following.timer);
      unsubscribe();
      await following.looking;
    },
  };
}

function isDone(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function load({ db, clock }: Deps): Promise<Following> {
  const confirmedAt = clock.monotonicMs();
  const sellers = await readSellers(db);
  const found = await readPresentRates(db);
  if (!("whole" in found)) throw new Error("the book was not read as a whole");
  const book = { mark: found.mark, sellers, rates: createRateTable(found.whole) };
  const listeners = new Set<() => void>();
  const still = { isAway: false, isCalled: false, isClosed: false, looking: undefined, timer: undefined };
  return { book, confirmedAt, ...still, listeners };
}

function currentBook(book: PresentBook, ageMs: number, staleMs: number): PresentBook {
  if (ageMs <= CONFIRMED_MS) return book;
  if (ageMs <= staleMs) return { ...book, staleSeconds: Math.round(ageMs / 1_000) };
  throw new AppError("UNAVAILABLE", "The database can't be reached, and the prices in memory are too old", {
    retryAfterSeconds: 2,
  });
}

/** Looks at once; what is told while a look goes on is looked at right after it. */
function look(deps: Deps, following: Following): Promise<void> {
  following.isCalled = true;
  following.looking ??= lookOn(deps, following).finally(() => (following.looking = undefined));
  return following.looking;
}

async function lookOn(deps: Deps, following: Following): Promise<void> {
  while (following.isCalled && !following.isClosed) {
    following.isCalled = false;
    clearTimeout(following.timer);
    const { mark: before } = following.book;
    await lookOnce(deps, following);
    if (following.isClosed) return;
    const { mark } = following.book;
    const nextMs = following.isAway ? POLL_MS : Math.min(POLL_MS, Math.max(1, mark.nextDueMs ?? POLL_MS));
    following.timer = setTimeout(() => void look(deps, following), nextMs);
    if (!isSame(mark, before)) for (const listener of following.listeners) listener();
  }
}

async function lookOnce({ db, clock, log }: Deps, following: Following): Promise<void> {
  try {
    const confirmedAt = clock.monotonicMs();
    const news = await readNews(db, following.book.mark);
    following.book = exchange(following.book, news);
    following.confirmedAt = confirmedAt;
    if (following.isAway) log.info("prices: the database answers again");
    following.isAway = false;
  } catch (error) {
    if (!following.isAway) log.warn({ err: error }, "prices: the database can't be asked; answering from memory");
    following.isAway = true;
  }
}

type News = Readonly<{ found: PresentRates; sellers: SellerIndex | undefined }>;

async function readNews(db: Db, since: BookMark): Promise<News> {
  const mark = await within(SLOWEST_LOOK_MS, readBookMark(db));
  if (isSame(mark, since)) return { found: { mark, changes: [] }, sellers: undefined };
  const found = await readPresentRates(db, since);
  const sellers = found.mark.documents === since.documents ? undefined : await readSellers(db);
  return { found, sellers };
}

/** Rates are exchanged in their table, and in one go with the mark that they are of. */
function exchange(book: PresentBook, { found, sellers = book.sellers }: News): PresentBook {
  const { mark } = found;
  if ("whole" in found) return { mark, sellers, rates: createRateTable(found.whole) };
  if (found.changes.length > 0) book.rates.apply(found.changes);
  return { mark, sellers, rates: book.rates };
}

function isSame(a: BookMark, b: BookMark): boolean {
  return a.mark === b.mark && a.documents === b.documents && a.facts === b.facts;
}

async function reachVersion(deps: Deps, following: Following, version: string): Promise<void> {
  const isThere = () => BigInt(following.book.mark.version) >= BigInt(version);
  const givenUpAt = performance.now() + MIN_VERSION_MS;
  while (!isThere() && !following.isAway && performance.now() < givenUpAt) {
    await look(deps, following);
    if (!isThere()) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (isThere()) return;
  const message = `The book is at version ${following.book.mark.version}, and not yet at ${version}`;
  throw new AppError("UNAVAILABLE", message, { retryAfterSeconds: 1 });
}
