import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { HOLD_FACTOR } from "#/book/hold-factor.ts";
import { HOLD_STATES, HOLD_REASONS } from "#/terms/hold.ts";

/** How many holds can be named in one request. */
export const MOST_HOLD_IDS = 20_000;

/** Named holds. What a dry run of all that are open has counted can be decided, and taken back, in one request. */
export const holdIds = z
  .array(z.string().regex(/^\d{1,19}$/))
  .min(1)
  .max(MOST_HOLD_IDS);

/** Which holds. Empty means all. */
export const holdFilter = z.object({
  ids: holdIds.optional(),
  state: z.enum(HOLD_STATES).optional(),
  jobId: z.uuid().optional(),
  source: z.string().max(100).optional(),
  seller: z.string().max(512).optional(),
  model: z.string().max(512).optional(),
  /** The main reason. */
  reason: z.enum(HOLD_REASONS).optional(),
  search: z.string().max(200).optional(),
  /** Only what is more than so many times apart, up or down, from its last good price or, for a first price, from what others ask. */
  overFactor: z.number().min(1).max(1e12).optional(),
});
export type HoldFilter = z.infer<typeof holdFilter>;

/** Conditions on `price_holds h`. */
export function holdConditions(filter: HoldFilter): SQL {
  const { ids, state, jobId, source, seller, model, reason, search, overFactor } = filter;
  const conditions = [sql`true`];
  if (ids !== undefined)
    conditions.push(sql`h.id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)::bigint)`);
  if (state !== undefined) conditions.push(sql`h.state = ${state}`);
  if (jobId !== undefined) conditions.push(sql`h.job_id = ${jobId}::uuid`);
  if (source !== undefined) conditions.push(sql`h.source = ${source}`);
  if (seller !== undefined) conditions.push(sql`h.seller = ${seller}`);
  if (model !== undefined) conditions.push(sql`h.model = ${model}`);
  if (reason !== undefined) conditions.push(sql`h.reasons[1] = ${reason}`);
  if (overFactor !== undefined) conditions.push(sql`${HOLD_FACTOR} > ${overFactor}::numeric`);
  for (const word of (search ?? "").split(/\s+/).filter((part) => part !== "")) {
    const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    conditions.push(sql`concat_ws(' ', h.source, h.seller, h.model, h.variant) ilike ${pattern}`);
  }
  return sql.join(conditions, sql` and `);
}
