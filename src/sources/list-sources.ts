import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { sources } from "#/sources/schema.ts";
import { STALE_AFTER_SECONDS } from "#/sources/stale-after.ts";
import { SOURCE_OUTCOMES } from "#/terms/source-outcome.ts";

export const sourceView = z.object({
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  url: z.string(),
  enabled: z.boolean(),
  /** Its place in the order in which sources count, from 1 on. */
  rank: z.number(),
  /** The environment variable that holds its key. */
  apiKeyEnv: z.string().nullable(),
  options: z.record(z.string(), z.unknown()),
  /** Thresholds of the guard that differ from the defaults. */
  guard: z.record(z.string(), z.unknown()),
  /** The newest instant that a payload was applied for; an archived one is only added after it. */
  observedAt: z.string().nullable(),
  lastAttemptAt: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
  /** Seconds since the last success, by the database's clock. */
  ageSeconds: z.number().nullable(),
  /** At this age it no longer says what prices are now. */
  staleAfterSeconds: z.number(),
  lastOutcome: z.enum(SOURCE_OUTCOMES).nullable(),
  lastError: z.string().nullable(),
  retryAfter: z.string().nullable(),
});
export type SourceView = z.infer<typeof sourceView>;

const columns = {
  source: sources,
  rank: sql<number>`source_rank(${sources.name})`,
  ageSeconds: sql<
    number | null
  >`case when ${sources.lastSuccessAt} is not null then greatest(0, extract(epoch from clock_timestamp() - ${sources.lastSuccessAt}))::float8 end`,
};

/** All sources in the order of rank. */
export async function listSources(db: Db): Promise<SourceView[]> {
  const rows = await db.select(columns).from(sources).orderBy(columns.rank);
  return rows.map(({ source, rank, ageSeconds }) => ({
    name: source.name,
    kind: source.kind,
    url: source.url,
    enabled: source.enabled,
    rank,
    apiKeyEnv: source.apiKeyEnv,
    options: source.options,
    guard: source.guard,
    observedAt: source.observedAt?.toISOString() ?? null,
    lastAttemptAt: source.lastAttemptAt?.toISOString() ?? null,
    lastSuccessAt: source.lastSuccessAt?.toISOString() ?? null,
    ageSeconds,
    staleAfterSeconds: STALE_AFTER_SECONDS,
    lastOutcome: source.lastOutcome,
    lastError: source.lastError,
    retryAfter: source.retryAfter?.toISOString() ?? null,
  }));
}

export async function findSource(db: Db, name: string): Promise<SourceView | undefined> {
  return (await listSources(db)).find((source) => source.name === name);
}
