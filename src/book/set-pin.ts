import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudits } from "#/access/record-audit.ts";
import { identifySellers } from "#/book/read-sellers.ts";
import { settleRates } from "#/book/settle-rates.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { chargeKey, sortCharges, type Charge } from "#/price/charge.ts";
import { AMOUNT_PLACES, isNegative, hasTooManyPlaces, parseDecimal } from "#/price/decimal.ts";
import { variantInput } from "#/price/variant.ts";
import { METERS, UNITS, type Meter } from "#/terms/meter.ts";

const id = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !/\p{Cc}/u.test(text) && text.trim() !== "", "an id without control characters");

const REPLACED = "replaced";

/** Which price of which offer. Without a meter it is the whole offer. */
export const pinTarget = z.object({
  seller: id,
  model: id,
  /** In any order of its parts. */
  variant: variantInput,
  meter: z.enum(METERS).optional(),
});
export type PinTarget = z.infer<typeof pinTarget>;

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day in UTC such as 16:30");

export const chargeInput = z.object({
  meter: z.enum(METERS),
  unit: z.enum(UNITS),
  /** USD per ONE unit, an exact decimal text such as "0.0000025". */
  amount: z.string().refine((text) => {
    const amount = parseDecimal(text);
    return amount !== undefined && !isNegative(amount) && !hasTooManyPlaces(amount);
  }, `USD per one unit as a decimal text with at most ${AMOUNT_PLACES} places, such as "0.0000025"`),
  tier: z.object({ above: z.int().min(0), of: z.enum(["results", "seconds"]).optional() }).optional(),
  window: z.object({ from: time, to: time }).optional(),
});

export const pinInput = pinTarget.extend({
  charges: z.array(chargeInput).min(1).max(100),
  reason: z.string().trim().min(3).max(500),
  expiresAt: z.iso.datetime({ offset: true, message: "an instant such as 2026-12-31T00:00:00Z" }).optional(),
});
export type PinInput = z.infer<typeof pinInput>;

/**
 * Sets a price by hand, above every source, until it is cleared or expires; one that stands there is replaced. Throws
 * `INVALID` for charges that don't fit the target or for an expiry that has passed.
 */
export async function setPin(db: Db, actor: Principal, input: PinInput): Promise<{ id: string }> {
  return db.transaction(async (tx) => {
    const [id = ""] = await writePins(tx, actor, "prices.setPin", [input]);
    return { id };
  });
}

/** The same for many targets, each named once, in a transaction of the caller's, recorded as `action`. Answers their ids. */
export async function writePins(
  tx: Tx,
  actor: Principal,
  action: string,
  given: readonly PinInput[],
): Promise<string[]> {
  const inputs = await identifySellers(tx, given);
  const pins = inputs.map((input) => {
    const charges = readCharges(input);
    const state = charges.some(({ amount }) => amount !== "0") ? "priced" : "free";
    const { seller, model, variant, meter = null, reason, expiresAt = null } = input;
    return { seller, model, variant, meter, state, charges, reason, expiresAt };
  });
  await refusePast(tx, inputs);
  // One instant for all: nothing else counts between a pin and the one that takes its place.
  const { ended: replaced, at } = await endPins(tx, inputs, { by: actor.label, why: REPLACED });
  const rows = sql`jsonb_to_recordset(${JSON.stringify(pins)}::text::jsonb) as pin(seller text, model text, variant text,
    meter text, state text, charges jsonb, reason text, "expiresAt" timestamptz)`;
  const written = await tx.execute<{ id: string }>(sql`
    insert into price_pins (seller, model, variant, meter, state, charges, reason, set_by, set_at, expires_at)
    select seller, model, variant, meter, state, charges, reason, ${actor.label}, ${at}::timestamptz, "expiresAt"
    from ${rows} returning id::text`);
  await settleRates(tx, inputs, { cause: "pin", since: at, actor: actor.label, reason: inputs[0]?.reason });
  await recordAudits(
    tx,
    actor,
    inputs.map((input, index) => {
      const before = replaced.get(targetKey(input));
      return {
        action,
        target: describeTarget(input),
        reason: input.reason,
        ...(before === undefined ? {} : { before }),
        after: { charges: pins[index]?.charges, expiresAt: input.expiresAt ?? null },
      };
    }),
  );
  return written.map((row) => row.id);
}

/** Clears a pin, so that the sources' present price counts again. Throws `NOT_FOUND` when nothing is pinned there. */
export async function clearPin(
  db: Db,
  actor: Principal,
  given: PinTarget & { reason: string },
): Promise<{ cleared: number }> {
  return db.transaction(async (tx) => {
    const [input = given] = await identifySellers(tx, [given]);
    const { ended, at } = await endPins(tx, [input], { by: actor.label, why: input.reason });
    const before = ended.get(targetKey(input));
    if (before?.active !== true) throw new AppError("NOT_FOUND", `Nothing is pinned at ${describeTarget(input)}`);
    const { reason } = input;
    await settleRates(tx, [input], { cause: "unpin", since: at, actor: actor.label, reason });
    await recordAudits(tx, actor, [{ action: "prices.clearPin", target: describeTarget(input), reason, before }]);
    return { cleared: 1 };
  });
}

function readCharges({ charges, meter }: PinInput): Charge[] {
  const read = charges.map(({ amount, tier, window, ...line }): Charge => {
    const exact = parseDecimal(amount);
    if (exact === undefined || isNegative(exact) || hasTooManyPlaces(exact))
      throw new AppError("INVALID", `"${amount}" is no price`);
    return {
      ...line,
      amount: exact,
      ...(tier ? { tier: { above: tier.above, ...(tier.of ? { of: tier.of } : {}) } } : {}),
      ...(window ? { window } : {}),
    };
  });
  const keys = new Set(read.map((charge) => chargeKey(charge)));
  if (keys.size < read.length) throw new AppError("INVALID", "The price has the same line twice");
  if (meter !== undefined && read.some((charge) => charge.meter !== meter))
    throw new AppError("INVALID", `A pin of the meter "${meter}" can only carry charges of that meter`);
  return sortCharges(read);
}

async function refusePast(tx: Tx, inputs: readonly PinInput[]): Promise<void> {
  const days = inputs.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt]));
  if (days.length === 0) return;
  const [row] = await tx.execute<{ past: string | null }>(sql`
    select min(day) as past from jsonb_array_elements_text(${JSON.stringify(days)}::text::jsonb) as one(day)
    where day::timestamptz <= clock_timestamp()`);
  if (typeof row?.past === "string")
    throw new AppError("INVALID", `The pin would have expired already, at ${row.past}`);
}

type EndedPin = Readonly<{ charges: unknown; reason: string; setBy: string; active: boolean }>;

/**
 * Ends what is pinned at the targets; answers it by target, and since when (ISO 8601). One that has expired is ended too, as of
 * its own time, and is not `active`.
 */
async function endPins(
  tx: Tx,
  targets: readonly PinTarget[],
  { by, why }: { by: string; why: string },
): Promise<{ ended: ReadonlyMap<string, EndedPin>; at: string }> {
  const named = targets.map(({ seller, model, variant, meter = "" }) => ({ seller, model, variant, meter }));
  const keys = JSON.stringify(targets.map((target) => targetKey(target)));
  // People who pin the same prices take turns, in one order.
  await tx.execute(sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(target, 0) as key
      from jsonb_array_elements_text(${keys}::text::jsonb) as one(target) order by key) as locks`);
  const at = await nowText(tx);
  const rows = await tx.execute<EndedPin & { seller: string; model: string; variant: string; meter: Meter | null }>(sql`
    update price_pins n set cleared_at = least(n.expires_at, ${at}::timestamptz), cleared_by = ${by}, clear_reason = ${why}
    from jsonb_to_recordset(${JSON.stringify(named)}::text::jsonb) as t(seller text, model text, variant text, meter text)
    where n.seller = t.seller and n.model = t.model and n.variant = t.variant and coalesce(n.meter, '') = t.meter
      and n.cleared_at is null
    returning n.seller, n.model, n.variant, n.meter, n.charges, n.reason, n.set_by as "setBy",
      (n.expires_at is null or n.expires_at > ${at}::timestamptz) as active`);
  return { ended: new Map(rows.map((pin) => [targetKey(pin), pin])), at };
}

/** The same text for the same target, and for no other. */
export function targetKey(target: Omit<PinTarget, "meter"> & { meter?: Meter | null | undefined }): string {
  return JSON.stringify([target.seller, target.model, target.variant, target.meter ?? null]);
}

function describeTarget({ seller, model, variant, meter }: PinTarget): string {
  return `${seller} ${model} ${variant}${meter === undefined ? "" : ` ${meter}`}`;
}
