import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { trustCharges, type pinOutput } from "#/book/get-price.ts";
import { listPins } from "#/book/list-pins.ts";
import { identifySellers } from "#/book/read-sellers.ts";
import { csvNumber, readCsv, type CsvLine, type CsvProblem } from "#/book/read-csv.ts";
import { chargeInput, pinInput, pinTarget, targetKey, writePins, type PinInput } from "#/book/set-pin.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { chargeKey } from "#/price/charge.ts";
import { decimal, parseDecimal, shiftPoint, type Decimal } from "#/price/decimal.ts";
import { chargeOutput } from "#/terms/offer-output.ts";

/** "$0.0000025" or "0.0000025". */
const usd = csvNumber
  .transform((text) => text.replace(/^\$\s*/, ""))
  .refine((text) => parseDecimal(text) !== undefined, "a price in USD, such as 2.5 or $2.5");

/** A day without a time is its start in UTC. */
const end = z.string().transform((text, ctx) => {
  const isDay = z.iso.date().safeParse(text).success;
  const at = isDay ? `${text}T00:00:00Z` : text;
  if (!z.iso.datetime({ offset: true }).safeParse(at).success)
    ctx.addIssue({ code: "custom", message: "an instant such as 2026-12-31T00:00:00Z, or a day such as 2026-12-31" });
  return { at, isDay };
});

const csvLine = pinTarget
  .extend({
    meter: chargeInput.shape.meter,
    unit: chargeInput.shape.unit.default("token"),
    usd_per_unit: usd.optional(),
    usd_per_1m: usd.optional(),
    reason: pinInput.shape.reason,
    expires_at: end.optional(),
  })
  .transform(({ usd_per_unit: perUnit, usd_per_1m: perMillion, ...rest }, ctx) => {
    const shifted = perMillion === undefined ? undefined : shiftPoint(decimal(perMillion), -6);
    const amount = perUnit ?? shifted ?? "";
    const problem = describeAmount(amount, shifted);
    const path = [perUnit === undefined && shifted !== undefined ? "usd_per_1m" : "usd_per_unit"];
    if (problem !== undefined) ctx.addIssue({ code: "custom", path, message: problem });
    return { ...rest, amount };
  });
type PinLine = z.infer<typeof csvLine>;

const LINES_NAMED = 5;

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
      expiresAt: z.string().nullable(),
    }),
  ),
  /** What was read in a way that one may want to know. */
  notes: z.array(z.string()),
  problems: z.array(z.object({ line: z.number(), problem: z.string() })),
  written: z.number(),
});
export type PinImport = z.infer<typeof pinImport>;

/**
 * Sets one pin per line of a CSV: `seller,model,variant,meter,unit,usd_per_unit,usd_per_1m,reason,expires_at` (variant, unit
 * and expiry may be empty, and one of the two prices). A dry run answers the same difference and writes nothing; with any bad
 * line nothing is written either.
 */
export async function importPins(
  db: Db,
  actor: Principal,
  { csv, dryRun }: { csv: string; dryRun: boolean },
): Promise<PinImport> {
  const { lines: read, problems: unreadable } = readCsv(csv, csvLine);
  if (read.length === 0 && unreadable.length === 0) throw new AppError("INVALID", "The CSV has no line with a pin");
  return db.transaction(async (tx) => {
    const identified = await identifySellers(
      tx,
      read.map(({ value }) => value),
    );
    const lines = identified.map((value, index) => ({ line: read[index]?.line ?? 0, value }));
    const problems = [...unreadable, ...findRepeated(lines)];
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
        expiresAt: input.expiresAt ?? null,
      })),
      notes: describeDays(lines),
      problems,
      written: writes.length,
    };
  });
}

function describeAmount(amount: string, shifted: Decimal | undefined): string | undefined {
  if (amount === "") return "give a price here or in usd_per_1m";
  if (shifted !== undefined && decimal(amount) !== shifted)
    return `${amount} is not what usd_per_1m says, which is ${shifted} per unit`;
  return chargeInput.shape.amount.safeParse(amount).error?.issues[0]?.message;
}

function describeDays(lines: readonly CsvLine<PinLine>[]): string[] {
  const days = lines.filter(({ value }) => value.expires_at?.isDay).map(({ line }) => line);
  if (days.length === 0) return [];
  const shown = `${days.slice(0, LINES_NAMED).join(", ")}${days.length > LINES_NAMED ? " and more" : ""}`;
  return [
    `A day without a time is its start, 00:00 UTC: the pin of ${days.length === 1 ? "line" : "lines"} ${shown} ends then`,
  ];
}

function findRepeated(lines: readonly CsvLine<PinLine>[]): CsvProblem[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ line, value }) => {
    const key = targetKey(value);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, line);
    return earlier === undefined ? [] : [{ line, problem: `line ${earlier} pins the same price` }];
  });
}

function asPin({ amount, expires_at: expiresAt, unit, ...rest }: PinLine): PinInput {
  return {
    ...rest,
    charges: [{ meter: rest.meter, unit, amount }],
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.at }),
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
