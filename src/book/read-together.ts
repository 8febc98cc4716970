import type { Db, Tx } from "#/platform/database.ts";

/** Reads in one snapshot: the version that is named and the rates that are read belong together, whatever is written meanwhile. */
export function readTogether<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" });
}
