import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { CHANGES, conditionOf, countRateChanges, rateChange, readRateChanges } from "#/book/list-rate-changes.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { sumImpacts } from "#/price/cost-impact.ts";

export const runChanges = z.object({
  changes: z.array(rateChange),
  /** Prices in force that the run changed, in all, and what became of them. */
  total: z.int(),
  counts: z.object({ first: z.int(), changed: z.int(), gone: z.int() }),
  /** What all of them come to in USD a month, by the recorded usage; null when none meets them. */
  monthlyImpactUsd: z.string().nullable(),
  nextCursor: z.string().nullable(),
});

const NEW_AMOUNT = sql`(n.charge ->> 'amount')::numeric`;
const OLD_AMOUNT = sql`(o.charge ->> 'amount')::numeric`;

/**
 * How far apart a rate `r` and the row `b` before it are, up or down alike: from 1 on; infinite for a price that came from 0, went to
 * 0 or is gone; 0 for a first price, which has nothing to be compared with.
 */
const CHANGE_FACTOR = sql`case
  when b.id is null or b.origins = '[]' or b.state not in ('priced', 'free') then 0
  when r.origins = '[]' or r.state <> b.state then 'Infinity'::numeric
  else coalesce((
    select max(case when ${NEW_AMOUNT} = ${OLD_AMOUNT} then 1 when ${NEW_AMOUNT} = 0 or ${OLD_AMOUNT} = 0 then 'Infinity'
      else greatest(${NEW_AMOUNT} / ${OLD_AMOUNT}, ${OLD_AMOUNT} / ${NEW_AMOUNT}) end)
    from jsonb_array_elements(r.charges) n(charge) join jsonb_array_elements(b.charges) o(charge)
      on n.charge - 'amount' = o.charge - 'amount'), 1) end`;

type Input = Readonly<{ jobId: string; limit: number; cursor?: string | undefined }>;

/** The prices in force that one run changed: the largest change first, first prices last. Throws `INVALID` for a wrong cursor. */
export async function listRunChanges(db: Db, { jobId, limit, cursor }: Input): Promise<z.infer<typeof runChanges>> {
  const counts = await countRateChanges(db, { jobId });
  const page = cursor === undefined ? sql`true` : readCursor(cursor);
  const ordered = z.array(z.object({ id: z.string(), factor: z.string() })).parse([
    ...(await db.execute(sql`
      select c.id::text, c.factor::text from (select r.id, ${CHANGE_FACTOR} as factor from ${CHANGES} where ${conditionOf({ jobId })}) c
      where ${page} order by c.factor desc, c.id desc limit ${limit + 1}`)),
  ]);
  const shown = ordered.slice(0, limit);
  const changes = await listByIds(
    db,
    shown.map(({ id }) => id),
  );
  const last = shown.at(-1);
  return {
    changes,
    total: counts.first + counts.changed + counts.gone,
    counts,
    monthlyImpactUsd: await sumRunImpact(db, jobId),
    nextCursor: ordered.length > limit && last !== undefined ? writeCursor([last.factor, last.id]) : null,
  };
}

async function listByIds(db: Db, ids: readonly string[]) {
  const places = sql`jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) with ordinality place(id, at)`;
  return readRateChanges(db, sql`${places} join ${CHANGES} on r.id = place.id::bigint order by place.at`);
}

/** Only what usage is recorded for costs anything; no more is read. */
async function sumRunImpact(db: Db, jobId: string): Promise<string | null> {
  const used = await readRateChanges(
    db,
    sql`${CHANGES} where ${conditionOf({ jobId })}
      and exists (select from model_usage u where (u.seller, u.model, u.variant) = (r.seller, r.model, r.variant))`,
  );
  return sumImpacts(used.map(({ monthlyImpactUsd }) => monthlyImpactUsd));
}

const cursorShape = z.tuple([z.string().regex(/^(Infinity|\d{1,200}(\.\d{1,200})?)$/), z.string().regex(/^\d{1,18}$/)]);

function writeCursor(place: z.infer<typeof cursorShape>): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

function readCursor(cursor: string): SQL {
  try {
    const [factor, id] = cursorShape.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return sql`(c.factor, c.id) < (${factor}::numeric, ${id}::bigint)`;
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not one that a list answered; start again without it", { cause });
  }
}
