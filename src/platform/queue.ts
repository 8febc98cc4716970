import { sql, type SQL } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { readDatabaseUrl } from "#/platform/database-url.ts";
import { SESSION_SETTINGS, type Db, type Tx } from "#/platform/database.ts";
import { ServerSocket } from "#/platform/server-socket.ts";

export type TakenEntry = Readonly<{ id: string; data: unknown }>;

export type Queue = Readonly<{
  /** Adds an entry in the caller's transaction; answers its id. */
  send: (tx: Tx, data: object, options?: { priority?: number; startAfterMs?: number }) => Promise<string>;
  /** Removes an entry in the caller's transaction, in whatever state it is. */
  remove: (tx: Tx, entryId: string) => Promise<void>;
  /** Entries that a worker took so many seconds ago, or more, and has not given back. */
  listTaken: (db: Db, seconds: number) => Promise<TakenEntry[]>;
  /** Takes entries until `stop`. `signal` aborts when the worker is stopped. */
  work: (handle: (data: unknown, entry: { id: string; signal: AbortSignal }) => Promise<void>) => Promise<void>;
  /** Looks for entries now, where `work` was called. */
  wake: () => void;
  /** Whether an entry waits that could be taken now. */
  isWaiting: SQL<boolean>;
  /** Whether it has looked for entries within the last seconds, or has one in hand. */
  isWorking: () => boolean;
  /** Fetches no more entries, and waits for those in hand. */
  stopWorking: () => Promise<void>;
}>;

export type QueueOptions = Readonly<{
  name: string;
  /** How many entries are in hand at a time: one across all processes, or so many in each. */
  atOnce: "one" | number;
  /** Waking is by notification; this is for entries whose time comes later, and for a notification that is lost. */
  pollSeconds: number;
  /** An entry that takes longer is given to another worker; absent: the longest pg-boss allows. */
  longestSeconds?: number;
}>;

export type Queues = Readonly<{
  open: (options: QueueOptions) => Promise<Queue>;
  close: () => Promise<void>;
}>;

const LONGEST_SECONDS = 86_399;

const QUERY_TIMEOUT_MS = 30_000;

/** A worker that has not looked for entries for so long beyond its time is none. */
const SILENT_AFTER_MS = 15_000;

const CAN_BE_TAKEN = sql`state in ('created', 'retry') and start_after <= clock_timestamp()`;

/** The driver can't be told these as it connects. */
const SESSION = Object.entries({ ...SESSION_SETTINGS.always, ...SESSION_SETTINGS.whereOther })
  .map(([name, value]) => `set ${name} = '${value}'`)
  .join("; ");

/** Opens pg-boss (schema `pgboss`); its queues hand out the oldest entry first. */
export async function openQueues({ url, log }: { url: string; log: Logger }): Promise<Queues> {
  const target = readDatabaseUrl(url);
  const options = {
    host: target.host,
    port: target.port,
    user: target.user,
    database: target.database,
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.options === undefined ? {} : { options: target.options }),
    ssl: false,
    // These two are passed on to the driver and to its pool.
    stream: () => new ServerSocket(target),
    onConnect: (client: { query: (text: string) => Promise<unknown> }) => client.query(SESSION),
    application_name: `${target.applicationName} queue`,
    max: 4,
    schedule: false,
    // Nobody reads its list of processes, and the vitals in it wake an idle one 50 times a second.
    registerInstance: false,
    useListenNotify: true,
    monitorIntervalSeconds: 30,
    superviseIntervalSeconds: 30,
    // No entry waits for another one.
    flowIntervalSeconds: 3_600,
    // An entry carries the trace of whoever sent it; without an SDK there is none.
    openTelemetry: { propagateContext: true },
    // Passed on to the driver: a statement on a connection that has died without a word would wait for ever.
    query_timeout: QUERY_TIMEOUT_MS,
    // Longer than the time between two looks, so that an idle process does not connect anew for each.
    idleTimeoutMillis: 30_000,
  };
  const boss = new PgBoss(options);
  // Without a listener an outage of the database would end the process.
  boss.on("error", (error) => log.warn({ err: error }, "queue: pg-boss reports an error"));
  await boss.start();
  return { open: (queue) => openQueue(boss, queue), close: () => boss.stop({ graceful: false }) };
}

/** Entries of a queue that could be taken now, how long the oldest has waited, and whether one is in hand. */
export async function countWaiting(
  db: Db,
  name: string,
): Promise<{ waiting: number; seconds: number; isBusy: boolean }> {
  const [row] = await db.execute<{ waiting: number; seconds: number; isBusy: boolean }>(sql`
    select count(*) filter (where due)::int as waiting,
      coalesce(extract(epoch from clock_timestamp() - min(start_after) filter (where due)), 0)::float8 as seconds,
      coalesce(bool_or(state = 'active'), false) as "isBusy"
    from (select *, ${CAN_BE_TAKEN} as due from pgboss.job) entry
    where name = ${name}`);
  if (row === undefined) throw new Error("an aggregate answered no row");
  return row;
}

async function openQueue(boss: PgBoss, { name, atOnce, pollSeconds, longestSeconds }: QueueOptions): Promise<Queue> {
  await boss.createQueue(name, {
    policy: atOnce === "one" ? "singleton" : "standard",
    notify: true,
    expireInSeconds: longestSeconds ?? LONGEST_SECONDS,
    heartbeatSeconds: 10,
    retryLimit: 1000,
    // The one entry that everybody waits for is worth an attempt at once.
    retryDelay: atOnce === "one" ? 0 : 5,
  });
  let workerId: string | undefined;
  const wake = () => {
    if (workerId !== undefined) boss.notifyWorker(workerId);
  };

  return {
    wake,
    isWaiting: sql<boolean>`exists (select from pgboss.job where name = ${name} and ${CAN_BE_TAKEN})`,
    async send(tx, data, { priority, startAfterMs } = {}) {
      const id = await boss.send(name, data, {
        ...(priority === undefined ? {} : { priority }),
        ...(startAfterMs === undefined ? {} : { startAfter: startAfterMs / 1_000 }),
        db: fromDrizzle(tx, sql),
      });
      if (id === null) throw new Error("the queue refused an entry");
      return id;
    },
    async remove(tx, entryId) {
      await boss.deleteJob(name, entryId, { db: fromDrizzle(tx, sql) });
    },
    async listTaken(db, seconds) {
      // pg-boss has no call that asks for a state.
      const taken = await db.execute<TakenEntry>(sql`
        select id, data from pgboss.job
        where name = ${name} and state = 'active' and started_on < clock_timestamp() - ${seconds} * interval '1 second'`);
      return [...taken];
    },
    async work(handle) {
      const options = {
        batchSize: 1,
        localConcurrency: atOnce === "one" ? 1 : atOnce,
        pollingIntervalSeconds: pollSeconds,
        notifyPollingIntervalSeconds: pollSeconds,
      };
      workerId = await boss.work<unknown>(name, options, async ([entry]) => {
        if (entry === undefined) return;
        // pg-boss writes what is thrown into its span, and a statement that failed has its values in its words.
        await handle(entry.data, { id: entry.id, signal: entry.signal }).catch(() => {
          throw new Error("The entry failed for a reason that is in the log");
        });
        // The next entry is fetched at once instead of at the next poll.
        wake();
      });
    },
    isWorking: () => isWorking(boss, name, SILENT_AFTER_MS + pollSeconds * 1_000),
    stopWorking: () => boss.offWork(name, { wait: true }),
  };
}

function isWorking(boss: PgBoss, name: string, silentMs: number): boolean {
  return boss
    .getWipData()
    .filter((worker) => worker.name === name && worker.state === "active")
    .some(({ count, lastFetchedOn }) => count > 0 || Date.now() - (lastFetchedOn ?? 0) < silentMs);
}
