/**
 * Times taking the lock and giving it back against two bare UPDATEs of one row, through the same driver.
 *
 *   node perf/bench/lease.ts [--quick]
 */
import { acquireLease, releaseLease } from "#/sync/lease/lease.ts";
import { openLeaseConnection } from "#/sync/lease/lease-connection.ts";
import { runBench } from "./run-bench.ts";
import { reportRatio, takeTurns, timeOf } from "./take-turns.ts";

const TARGET = 1.3;
/** Pairs a round: one alone is too short to be timed. */
const PAIRS = 50;
const WISH = { owner: "bench", worker: "bench", jobId: "00000000-0000-4000-8000-000000000000", leaseMs: 30_000 };
const TIMEOUT_MS = 10_000;

await runBench("The lock", async (bench) => {
  const databaseUrl = await bench.createDatabase("lease");
  const connection = openLeaseConnection(databaseUrl);
  bench.onClose("lease", connection.close);
  const { sql } = bench.connect(databaseUrl, 1);
  await sql`create table bare_lock (lock_key text primary key, fence bigint not null, owner text, expires_at timestamptz not null)`;
  await sql`insert into bare_lock values ('bench', 0, null, clock_timestamp())`;
  const repeat = (pair: () => Promise<void>) =>
    timeOf(async () => {
      for (let turn = 0; turn < PAIRS; turn += 1) await pair();
    });
  const turns = await takeTurns(
    { rounds: bench.isQuick ? 15 : 61, warmUps: 3 },
    {
      floor: () =>
        repeat(async () => {
          await sql`
            update bare_lock set fence = fence + 1, owner = ${WISH.owner}, expires_at = clock_timestamp() + interval '30 seconds'
            where lock_key = 'bench' and expires_at <= clock_timestamp() returning fence::text`;
          await sql`update bare_lock set owner = null, expires_at = clock_timestamp() where lock_key = 'bench'`;
        }),
      ours: () =>
        repeat(async () => {
          const lease = await connection.run((db) => acquireLease(db, WISH), TIMEOUT_MS);
          if (lease === undefined) throw new Error("the lock is not free");
          await connection.run((db) => releaseLease(db, lease), TIMEOUT_MS);
        }),
    },
  );
  reportRatio(bench, turns, {
    what: "taking the lock and giving it back",
    ours: `${PAIRS} times`,
    floor: "as many times two UPDATEs",
    unit: "ms",
    most: TARGET,
  });
});
