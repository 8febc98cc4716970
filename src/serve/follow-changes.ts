import {
  laterVersion,
  listChangesAfter,
  placeAfter,
  type MovePlace,
  type RateMove,
} from "#/book/list-changes-after.ts";
import type { Db } from "#/platform/database.ts";
import type { Snapshot } from "#/serve/snapshot.ts";

/** A change; or a version of which all changes have been told, and everything before it. */
export type ChangeMessage =
  | Readonly<{ is: "change"; move: RateMove }>
  | Readonly<{ is: "version"; version: string }>
  /** Nothing has happened for a while. */
  | Readonly<{ is: "silence" }>;

const BATCH = 500;
const SILENCE_MS = 15_000;

type Input = Readonly<{ after: string; signal: AbortSignal }>;

/**
 * Every change after a version, once and in the order of versions, for ever. Whoever stops reading goes on after the last
 * version that was told as a whole. Throws `GONE` when the book does not have `after`, and the signal's reason when aborted.
 */
export async function* followChanges(
  { db, prices }: Readonly<{ db: Db; prices: Snapshot }>,
  { after, signal }: Input,
): AsyncGenerator<ChangeMessage, void> {
  let wake = Promise.withResolvers<boolean>();
  const stop = prices.onMove(() => wake.resolve(true));
  const onAbort = () => wake.resolve(true);
  signal.addEventListener("abort", onAbort, { once: true });
  let place: MovePlace = { version: after, told: 0 };
  try {
    for (;;) {
      signal.throwIfAborted();
      wake = Promise.withResolvers();
      const page = { until: laterVersion(place.version, prices.version()), limit: BATCH };
      const moves = await listChangesAfter(db, place, page);
      const next = placeAfter(place, moves, page);
      yield* tellPage(moves, place.version, next.version);
      place = next;
      if (place.version === page.until) yield* tellSilence(wake.promise);
    }
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Moves with the ends of their versions between them. `from` and `to` are the versions that were, and then are, told as a whole. */
function* tellPage(moves: readonly RateMove[], from: string, to: string): Generator<ChangeMessage, void> {
  let told = BigInt(from);
  for (const move of moves) {
    // What lies between two versions that moved something has moved nothing.
    const before = BigInt(move.version) - 1n;
    if (before > told) yield { is: "version", version: String(before) };
    told = before > told ? before : told;
    yield { is: "change", move };
  }
  if (BigInt(to) > told) yield { is: "version", version: to };
}

async function* tellSilence(wake: Promise<boolean>): AsyncGenerator<ChangeMessage, void> {
  while (!(await isWoken(wake))) yield { is: "silence" };
}

async function isWoken(wake: Promise<boolean>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), SILENCE_MS);
  try {
    return await Promise.race([wake, promise]);
  } finally {
    clearTimeout(timer);
  }
}
