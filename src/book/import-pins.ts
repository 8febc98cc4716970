import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { trustCharges, type pinOutput } from "#/book/get-price.ts";
import { listPins } from "#/book/list-pins.ts";
import { readCsv, type CsvLine, type CsvProblem } from "#/book/read-csv.ts";
import { chargeInput, pinInput, pinTarget, targetKey, writePins, type PinInput } from "#/book/set-pin.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { chargeKey } from "#/price/charge.ts";
import { parseDecimal } from "#/price/decimal.ts";
import { chargeOutput } from "#/terms/offer.ts";

const csvLine = pinTarget.extend({
  meter: chargeInput.shape.meter,
  unit: chargeInput.shape.unit.default("token"),
  usd_per_unit: chargeInput.shape.amount,
  reason: pinInput.shape.reason,
  expires_at: pinInput.shape.expiresAt,
});

export const pinImport = z.object({
  pins: z.array(
    z.object({
      line: z.number(),
      seller: z.string(),
      model: z.string(),
      variant: z.string(),
      meter: z.string(),
      action: z.enum(["set", "replace", "same"]),
      before: z.array(chargeOutput).nullable(),
      after: z.array(chargeOutput),
    }),
  ),
  problems: z.array(z.object({ line: z.number(), problem: z.string() })),
  written: z.number(),
});
export type PinImport = z.infer<typeof pinImport>;

/**
 * Sets one pin per line of a CSV: `seller,model,variant,meter,unit,usd_per_unit,reason,expires_at` (variant, unit and expiry
 * may be empty). A dry run answers the same difference and writes nothing; with any bad line nothing is written either.
 */
export async function importPins(
  db: Db,
  actor: Principal,
  { csv, dryRun }: { csv: string; dryRun: boolean },
): Promise<PinImport> {
  const { lines, problems: unreadable } = readCsv(csv, csvLine);
  const problems = [...unreadable, ...findRepeated(lines)];
  if (lines.length === 0 && problems.length === 0) throw new AppError("INVALID", "The CSV holds no pin");
  return db.transaction(async (tx) => {
    const standing = new Map((await listPins(tx)).map((pin) => [targetKey(pin), pin]));
    const pins = lines.map(({ line, value }) => {
      const input = asPin(value);
      const before = standing.get(targetKey(input));
      return { line, input, before, action: actionOf(before, input) };
    });
    const writes = dryRun || problems.length > 0 ? [] : pins.filter(({ action }) => action !== "same");
    if (writes.length > 0) {
      const inputs = writes.map(({ input }) => input);
      await writePins(tx, actor, "prices.importPins", inputs);
    }
    return {
      pins: pins.map(({ line, input, before, action }) => ({
        line,
        seller: input.seller,
        model: input.model,
        variant: input.variant,
        meter: input.meter ?? "",
        action,
        before: before?.charges ?? null,
        after: input.charges,
      })),
      problems,
      written: writes.length,
    };
  });
}

function findRepeated(lines: readonly CsvLine<z.infer<typeof csvLine>>[]): CsvProblem[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ line, value }) => {
    const key = targetKey(value);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, line);
    return earlier === undefined ? [] : [{ line, problem: `line ${earlier} pins the same price` }];
  });
}

function asPin({ usd_per_unit: amount, expires_at: expiresAt, unit, ...rest }: z.infer<typeof csvLine>): PinInput {
  return {
    ...rest,
    charges: [{ meter: rest.meter, unit, amount }],
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function actionOf(before: z.infer<typeof pinOutput> | undefined, input: PinInput): "set" | "replace" | "same" {
  if (before === undefined) return "set";
  const linesOf = (charges: z.infer<typeof chargeOutput>[]) =>
    trustCharges(charges)
      .map((charge) => `${chargeKey(charge)} ${parseDecimal(charge.amount) ?? ""}`)
      .join();
  const endOf = (expiresAt: string | null = null) => (expiresAt === null ? null : Date.parse(expiresAt));
  const isSame =
    linesOf(before.charges) === linesOf(input.charges) &&
    before.reason === input.reason &&
    endOf(before.expiresAt) === endOf(input.expiresAt);
  return isSame ? "same" : "replace";
}
