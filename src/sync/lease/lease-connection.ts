import { openDatabase, type Database, type Db } from "#/platform/database.ts";

export type LeaseConnection = Readonly<{
  /** Runs one statement on the reserved connection, or rejects after `timeoutMs`. */
  run: <T>(statement: (db: Db) => Promise<T>, timeoutMs: number) => Promise<T>;
  close: () => Promise<void>;
}>;

/**
 * A connection of the lease's own, so that an exhausted pool can't stop a renewal. One that does not answer in time is
 * thrown away: behind a black hole it would hold up every later renewal too.
 */
export function openLeaseConnection(url: string): LeaseConnection {
  const open = () => openDatabase(url, { max: 1, name: "lease", timeoutSeconds: 5 });
  let current: Database = open();

  return {
    async run(statement, timeoutMs) {
      const used = current;
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          if (current === used) current = open();
          void used.sql.end({ timeout: 0 }).catch(() => {});
          reject(new Error(`the lock's connection did not answer within ${timeoutMs} ms`));
        }, timeoutMs);
      });
      try {
        return await Promise.race([statement(used.db), timeout]);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => current.close(),
  };
}
