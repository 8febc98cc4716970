import { sql } from "drizzle-orm";
import type { FastifyInstance } from "fastify";
import type { Db } from "#/platform/database.ts";
import { isSchemaCurrent } from "#/platform/migrate.ts";
import { VERSION } from "#/terms/version.ts";

type ReplicaHealth = Readonly<{ isUsed: boolean; versionsBehind: number | null; lagSeconds: number | null }>;

type Options = Readonly<{
  db: Db;
  /** What is answered from memory while the database is away; a worker has none. */
  prices?: Readonly<{ health: () => Readonly<{ unconfirmedSeconds: number; isServed: boolean }> }>;
  /** How the read replica stands, where there is one. */
  findReplica?: () => Promise<ReplicaHealth | undefined>;
  isDraining: () => boolean;
  /** Of a worker: whether it takes jobs. */
  isWorking?: () => boolean;
}>;

/**
 * `/healthz`: the process is alive. `/readyz`: the database answers, its schema is current, we are not draining, and a worker
 * takes jobs; while the database is away, it is ready for as long as prices are answered from memory, and says so. A read replica
 * that is behind or away is shown, and keeps nothing from being ready: the primary answers then. Each answer names our version.
 */
export function installHealth(app: FastifyInstance, options: Options): void {
  const { db, prices, findReplica, isDraining, isWorking } = options;
  app.get("/healthz", () => ({ status: "alive" }));
  const version = VERSION;
  app.get("/readyz", async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: "draining", version });
    try {
      await db.execute(sql`select 1`);
      if (!(await isSchemaCurrent(db)))
        return await reply.code(503).send({ status: "the database's schema is of another version", version });
      if (isWorking?.() === false) return await reply.code(503).send({ status: "the worker takes no jobs", version });
      return { status: "ready", version, ...describeReplica(await findReplica?.()) };
    } catch (error) {
      app.log.warn({ err: error }, "readiness: the database does not answer");
      const health = prices?.health();
      if (health?.isServed !== true) return reply.code(503).send({ status: "the database does not answer", version });
      const age = health.unconfirmedSeconds;
      return { status: "prices from memory: the database does not answer", age_seconds: age, version };
    }
  });
}

function describeReplica(found: ReplicaHealth | undefined) {
  if (found === undefined) return {};
  const { isUsed, versionsBehind, lagSeconds } = found;
  return { read_replica: { is_used: isUsed, versions_behind: versionsBehind, lag_seconds: lagSeconds } };
}
