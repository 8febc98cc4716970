import { findKey, KEYS_CHANNEL } from "#/access/api-keys.ts";
import type { Principal } from "#/access/principal.ts";
import { asDatabaseOutage } from "#/platform/database-outage.ts";
import type { Db } from "#/platform/database.ts";
import type { NotificationHub } from "#/platform/notification-hub.ts";
import { within } from "#/platform/within.ts";

type Holder = Pick<Principal, "id" | "label" | "role">;

export type KeyCache = Readonly<{
  /** The same without waiting, for a digest that was looked up a moment ago; else `undefined`. */
  known: (digest: string) => Holder | undefined;
  /** Whose key has this digest, if it is good. Throws when the database can't be asked about one that was not good a moment ago. */
  find: (digest: string) => Promise<Holder | undefined>;
}>;

type Deps = Readonly<{
  db: Db;
  hub: Pick<NotificationHub, "subscribe">;
  /** For how long a key that was good is taken while the database can't be reached. */
  staleMs: number;
}>;

/** A key is looked up once in this time, and at once after a key has been revoked. */
const FRESH_MS = 1_000;
/** So long a request waits to hear that a key is still good. */
const PATIENCE_MS = 250;

type Known = { holder: Holder; confirmedAt: number; isAway: boolean };

/** Remembers good keys by their digests, each for a second. Wrong keys are not remembered. */
export function openKeyCache({ db, hub, staleMs }: Deps): KeyCache {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<Holder | undefined>>();
  // What is being asked meanwhile may have been read before the key was revoked.
  let round = 0;
  hub.subscribe(KEYS_CHANNEL, () => {
    round += 1;
    for (const one of known.values()) one.confirmedAt = Math.min(one.confirmedAt, performance.now() - FRESH_MS);
    asking.clear();
  });

  return {
    known(digest) {
      const one = known.get(digest);
      return one !== undefined && performance.now() - one.confirmedAt < FRESH_MS ? one.holder : undefined;
    },
    async find(digest) {
      const one = known.get(digest);
      const ageMs = one === undefined ? Infinity : performance.now() - one.confirmedAt;
      if (one !== undefined && ageMs < FRESH_MS) return one.holder;
      const asked = asking.get(digest) ?? ask(digest);
      if (one === undefined || !one.isAway || ageMs > staleMs) return asked;
      // The database was away just now: nobody waits for it.
      asked.catch(() => {});
      return one.holder;
    },
  };

  function ask(digest: string): Promise<Holder | undefined> {
    const asked = look(digest).finally(() => {
      if (asking.get(digest) === asked) asking.delete(digest);
    });
    asking.set(digest, asked);
    return asked;
  }

  async function look(digest: string): Promise<Holder | undefined> {
    const found = lookUp(digest);
    try {
      // Where an older answer stands in, a slow database holds nobody up.
      return await (known.has(digest) ? within(PATIENCE_MS, found) : found);
    } catch (error) {
      const one = known.get(digest);
      if (one === undefined || asDatabaseOutage(error) === undefined) throw error;
      if (performance.now() - one.confirmedAt > staleMs) throw error;
      one.isAway = true;
      return one.holder;
    }
  }

  /** What the database says counts whenever it comes, also when nobody waits for it any more. */
  async function lookUp(digest: string): Promise<Holder | undefined> {
    const confirmedAt = performance.now();
    const asked = round;
    const holder = await findKey(db, digest);
    if (holder === undefined) known.delete(digest);
    else if (asked === round) known.set(digest, { holder, confirmedAt, isAway: false });
    // A key has been revoked meanwhile, and it may be this one.
    else if (known.has(digest)) known.set(digest, { holder, confirmedAt: confirmedAt - FRESH_MS, isAway: false });
    return holder;
  }
}
