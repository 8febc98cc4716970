import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { identifySellers } from "#/book/read-sellers.ts";
import { csvNumber, readCsv } from "#/book/read-csv.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { isNegative, parseDecimal } from "#/price/decimal.ts";
import { variantInput } from "#/price/variant.ts";
import { METERS } from "#/terms/meter.ts";

const id = z.string().min(1).max(512);

/** What is used in a month, in the meter's own unit (tokens, requests, seconds). */
export const usageLine = z.object({
  seller: id,
  model: id,
  variant: variantInput,
  meter: z.enum(METERS),
  units_per_month: csvNumber.refine((text) => {
    const units = parseDecimal(text);
    return units !== undefined && !isNegative(units);
  }, "a number of units a month, 0 or more"),
});
export type UsageLine = z.infer<typeof usageLine>;

/** Records monthly usage, line by line in one statement; what is not named stays as it is. Answers how many were written. */
export async function setUsage(db: Db, actor: Principal, lines: readonly UsageLine[]): Promise<{ written: number }> {
  return writeUsage(db, actor, "prices.setUsage", lines);
}

async function writeUsage(
  db: Db,
  actor: Principal,
  action: string,
  lines: readonly UsageLine[],
): Promise<{ written: number }> {
  return db.transaction(async (tx) => {
    // The last line of one key counts.
    const byKey = new Map(
      (await identifySellers(tx, lines)).map((line) => [
        JSON.stringify([line.seller, line.model, line.variant, line.meter]),
        line,
      ]),
    );
    const rows = [...byKey.values()].map((line) => ({ ...line, units_per_month: parseDecimal(line.units_per_month) }));
    await tx.execute(sql`
      insert into model_usage (seller, model, variant, meter, units_per_month, updated_at, updated_by)
      select seller, model, variant, meter, units_per_month, clock_timestamp(), ${actor.label}
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as row(seller text, model text, variant text, meter text, units_per_month numeric)
      on conflict (model, seller, variant, meter) do update set units_per_month = excluded.units_per_month,
        updated_at = excluded.updated_at, updated_by = excluded.updated_by`);
    await recordAudit(tx, actor, {
      action,
      target: `${rows.length} lines`,
      after: rows.slice(0, 100),
    });
    return { written: rows.length };
  });
}

/** The same from a CSV `seller,model,variant,meter,units_per_month`. Throws `INVALID` naming the first bad lines. */
export async function importUsage(db: Db, actor: Principal, csv: string): Promise<{ written: number }> {
  const { lines, problems } = readCsv(csv, usageLine);
  if (problems.length > 0) {
    const shown = problems.slice(0, 5).map(({ line, problem }) => `line ${line}: ${problem}`);
    throw new AppError("INVALID", `Nothing was written; ${problems.length} lines are wrong. ${shown.join(". ")}`);
  }
  if (lines.length === 0) throw new AppError("INVALID", "The CSV has no line of usage");
  return writeUsage(
    db,
    actor,
    "prices.importUsage",
    lines.map(({ value }) => value),
  );
}
