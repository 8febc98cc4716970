import { stringify } from "csv-stringify/sync";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { auditFilter, listAudit } from "#/access/list-audit.ts";
import { problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";

const COLUMNS = ["id", "at", "actor", "address", "action", "target", "reason", "before", "after"] as const;
const MOST_ROWS = 100_000;
const PAGE = 1_000;

/** The record of changes as a table, for whoever has to show it to somebody. */
export function installAuditRoute(scope: FastifyInstance, { db }: ApiDeps): void {
  scope.withTypeProvider<ZodTypeProvider>().get("/v1/audit.csv", {
    config: { action: "access.exportAudit" },
    schema: {
      tags: ["access"],
      summary: `Who changed what, the newest first, at most ${MOST_ROWS.toLocaleString("en")} lines`,
      querystring: auditFilter.pick({ actor: true, action: true, search: true, from: true, to: true }),
      response: {
        200: { description: "A table with a head", content: { "text/csv": { schema: z.string() } } },
        ...problems(401, 403, 422),
      },
    },
    handler: async ({ query }, reply) => {
      const lines: string[] = [stringify([[...COLUMNS]])];
      let cursor: string | undefined;
      for (let rows = 0; rows < MOST_ROWS; rows += PAGE) {
        const page = await listAudit(db, { ...query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
        lines.push(stringify(page.entries, { columns: [...COLUMNS], escape_formulas: true }));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      return reply.type("text/csv; charset=utf-8").send(lines.join(""));
    },
  });
}
