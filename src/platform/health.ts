import { sql } from "drizzle-orm";
import type { FastifyInstance } from "fastify";
import type { Db } from "#/platform/database.ts";
import { isSchemaCurrent } from "#/platform/migrate.ts";

type Options = Readonly<{
  db: Db;
  /** What is answered from memory while the database is away. */
  prices: Readonly<{ health: () => Readonly<{ unconfirmedSeconds: number; isServed: boolean }> }>;
  isDraining: () => boolean;
}>;

/**
 * `/healthz`: the process is alive. `/readyz`: the database answers, its schema is current, and we are not draining; while the
 * database is away, it is ready for as long as prices are answered from memory, and says so.
 */
export function installHealth(app: FastifyInstance, { db, prices, isDraining }: Options): void {
  app.get("/healthz", () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: "draining" });
    try {
      await db.execute(sql`select 1`);
      if (await isSchemaCurrent(db)) return { status: "ready" };
      return await reply.code(503).send({ status: "the database's schema is of another version" });
    } catch (error) {
      app.log.warn({ err: error }, "readiness: the database does not answer");
      const { unconfirmedSeconds, isServed } = prices.health();
      if (isServed)
        return { status: "prices from memory: the database does not answer", age_seconds: unconfirmedSeconds };
      return reply.code(503).send({ status: "the database does not answer" });
    }
  });
}
