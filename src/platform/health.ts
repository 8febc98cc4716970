import { sql } from "drizzle-orm";
import type { FastifyInstance } from "fastify";
import type { Db } from "#/platform/database.ts";
import { isSchemaCurrent } from "#/platform/migrate.ts";
import { VERSION } from "#/terms/version.ts";

type Options = Readonly<{
  db: Db;
  /** What is answered from memory while the database is away; a worker has none. */
  prices?: Readonly<{ health: () => Readonly<{ unconfirmedSeconds: number; isServed: boolean }> }>;
  isDraining: () => boolean;
  /** Of a worker: whether it takes jobs. */
  isWorking?: () => boolean;
}>;

/**
 * `/healthz`: the process is alive. `/readyz`: the database answers, its schema is current, we are not draining, and a worker
 * takes jobs; while the database is away, it is ready for as long as prices are answered from memory, and says so. Each answer
 * names our version.
 */
export function installHealth(app: FastifyInstance, { db, prices, isDraining, isWorking }: Options): void {
  app.get("/healthz", () => ({ status: "alive" }));
  const version = VERSION;
  app.get("/readyz", async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: "draining", version });
    try {
      await db.execute(sql`select 1`);
      if (!(await isSchemaCurrent(db)))
        return await reply.code(503).send({ status: "the database's schema is of another version", version });
      if (isWorking?.() === false) return await reply.code(503).send({ status: "the worker takes no jobs", version });
      return { status: "ready", version };
    } catch (error) {
      app.log.warn({ err: error }, "readiness: the database does not answer");
      const health = prices?.health();
      if (health?.isServed !== true) return reply.code(503).send({ status: "the database does not answer", version });
      const age = health.unconfirmedSeconds;
      return { status: "prices from memory: the database does not answer", age_seconds: age, version };
    }
  });
}
