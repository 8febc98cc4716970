import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import { readBookMark, type BookMark } from "#/book/book-mark.ts";
import type { Clock } from "#/platform/clock.ts";
import { openDatabase, type Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { within } from "#/platform/within.ts";

/** A database to read from. */
export type ReadFrom = Readonly<{ db: Db; url: string }>;

/** How a replica stands: whether it is asked now, and how far it is behind. Null where it can't be reached. */
export type ReplicaHealth = Readonly<{
  isUsed: boolean;
  versionsBehind: number | null;
  lagSeconds: number | null;
}>;

export type PastReader = Readonly<{
  /**
   * Reads what was: from the replica while it stands where this book does, else from the primary, which also answers when the
   * replica fails meanwhile. Errors of the work itself (`AppError`) are thrown on.
   */
  read: <T>(mark: BookMark, work: (from: ReadFrom) => Promise<T>) => Promise<T>;
  /** Undefined without a replica. */
  health: (mark: BookMark) => Promise<ReplicaHealth | undefined>;
  close: () => Promise<void>;
}>;

type Deps = Readonly<{
  primary: ReadFrom;
  /** Absent: everything is read from the primary. */
  replicaUrl: string | undefined;
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
}>;

/** A replica that takes longer to say where it stands is away. */
const SLOWEST_LOOK_MS = 500;
/** One that was away is not asked again for so long, so that nobody waits for it. */
const AWAY_MS = 1_000;
const CONNECTIONS = 5;

/** Opens connections to the replica when they are first needed; one that is away keeps nothing from starting. */
export function openPastReader({ primary, replicaUrl, clock, log }: Deps): PastReader {
  if (replicaUrl === undefined)
    return { read: (_mark, work) => work(primary), health: async () => undefined, close: async () => {} };
  const { db, close } = openDatabase(replicaUrl, { max: CONNECTIONS, name: "past", timeoutSeconds: 2 });
  const replica = { db, url: replicaUrl };
  let awayUntil = Number.NEGATIVE_INFINITY;
  const isAway = () => clock.monotonicMs() < awayUntil;
  const note = (error: unknown) => {
    awayUntil = clock.monotonicMs() + AWAY_MS;
    log.warn({ err: error }, "the read replica can't be asked; the primary answers");
  };
  /** Answers may be kept by the mark of this book: the replica must have all that is in it. */
  const hasBook = async (mark: BookMark): Promise<boolean> => {
    if (isAway()) return false;
    try {
      return isSame(await within(SLOWEST_LOOK_MS, readBookMark(db)), mark);
    } catch (error) {
      note(error);
      return false;
    }
  };
  return {
    async read(mark, work) {
      if (!(await hasBook(mark))) return work(primary);
      try {
        return await work(replica);
      } catch (error) {
        if (error instanceof AppError) throw error;
        note(error);
        return work(primary);
      }
    },
    async health(mark) {
      try {
        const [own, lagSeconds] = await within(SLOWEST_LOOK_MS, Promise.all([readBookMark(db), readLag(db)]));
        const versionsBehind = Number(BigInt(mark.version) - BigInt(own.version));
        return { isUsed: !isAway() && isSame(own, mark), versionsBehind, lagSeconds };
      } catch {
        return { isUsed: false, versionsBehind: null, lagSeconds: null };
      }
    },
    close,
  };
}

function isSame(a: BookMark, b: BookMark): boolean {
  return a.version === b.version && a.documents === b.documents && a.facts === b.facts;
}

/** Without writes nothing comes to be replayed: then it is up to date when it has replayed all that it has received. */
async function readLag(db: Db): Promise<number> {
  const [row] = await db.execute<{ seconds: number | null }>(sql`
    select case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is distinct from pg_last_wal_replay_lsn()
      then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 else 0 end as seconds`);
  return row?.seconds ?? 0;
}
