import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { chargeOutput, type pinOutput } from "#/book/get-price.ts";
import { listPins } from "#/book/list-pins.ts";
import { readCsv } from "#/book/read-csv.ts";
import { chargeInput, pinInput, pinTarget, writePin, type PinInput } from "#/book/set-pin.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { decimal } from "#/price/decimal.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";

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
  const { lines, problems } = readCsv(csv, csvLine);
  if (lines.length === 0 && problems.length === 0) throw new AppError("INVALID", "The CSV holds no pin");
  return db.transaction(async (tx) => {
    const standing = new Map((await listPins(tx)).map((pin) => [keyOf(pin), pin]));
    const pins = lines.map(({ line, value }) => {
      const input = asPin(value);
      const before = standing.get(keyOf(input));
      return { line, input, before, action: actionOf(before, input) };
    });
    const writes = dryRun || problems.length > 0 ? [] : pins.filter(({ action }) => action !== "same");
    for (const { input } of writes) await writePin(tx, actor, input);
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

function asPin({ usd_per_unit: amount, expires_at: expiresAt, unit, ...rest }: z.infer<typeof csvLine>): PinInput {
  return {
    ...rest,
    charges: [{ meter: rest.meter, unit, amount }],
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function keyOf(pin: { seller: string; model: string; variant: string; meter?: string | null | undefined }): string {
  return JSON.stringify([pin.seller, pin.model, pin.variant, pin.meter ?? null]);
}

function actionOf(before: z.infer<typeof pinOutput> | undefined, input: PinInput): "set" | "replace" | "same" {
  if (before === undefined) return "set";
  const print = (charges: z.infer<typeof chargeOutput>[]) =>
    fingerprintOffer({
      state: "priced",
      charges: charges.map((one) => ({ ...one, amount: decimal(one.amount) })) as never,
    });
  const isSame =
    print(before.charges) === print(input.charges) &&
    before.reason === input.reason &&
    (before.expiresAt === null) === (input.expiresAt === undefined);
  return isSame ? "same" : "replace";
}
