import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { PIN_SOURCE } from "#/book/schema.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { chargeKey, METERS, sortCharges, UNITS, type Charge } from "#/price/charge.ts";
import { isNegative, parseDecimal } from "#/price/decimal.ts";
import { fingerprintOffer } from "#/price/fingerprint.ts";

const id = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !/\p{Cc}/u.test(text) && text.trim() !== "", "an id without control characters");

/** Which price of which offer. Without a meter it is the whole offer. */
export const pinTarget = z.object({
  seller: id,
  model: id,
  variant: id.default("default"),
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
    return amount !== undefined && !isNegative(amount);
  }, 'USD per one unit as a decimal text, such as "0.0000025"'),
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
  return db.transaction((tx) => writePin(tx, actor, input));
}

/** The same in a transaction of the caller's. */
export async function writePin(tx: Tx, actor: Principal, input: PinInput): Promise<{ id: string }> {
  const charges = readCharges(input);
  const { seller, model, variant, meter, reason, expiresAt } = input;
  const state = charges.some(({ amount }) => amount !== "0") ? "priced" : "free";
  if (expiresAt !== undefined) await refusePast(tx, expiresAt);
  const replaced = await endPins(tx, input, { by: actor.label, why: "replaced" });
  const [pin] = await tx.execute<{ id: string }>(sql`
    insert into price_pins (seller, model, variant, meter, state, charges, reason, set_by, set_at, expires_at)
    values (${seller}, ${model}, ${variant}, ${meter ?? null}, ${state}, ${JSON.stringify(charges)}::text::jsonb, ${reason},
      ${actor.label}, clock_timestamp(), ${expiresAt ?? null}::timestamptz) returning id::text`);
  await recordPinHistory(tx, actor, input, { cause: "pin", state, charges, reason });
  await recordAudit(tx, actor, {
    action: "prices.setPin",
    target: describeTarget(input),
    reason,
    ...(replaced === undefined ? {} : { before: replaced }),
    after: { charges, expiresAt: expiresAt ?? null },
  });
  return { id: pin?.id ?? "" };
}

/** Lets the sources' present price count again. Throws `NOT_FOUND` when nothing is pinned there. */
export async function clearPin(
  db: Db,
  actor: Principal,
  input: PinTarget & { reason: string },
): Promise<{ cleared: number }> {
  return db.transaction(async (tx) => {
    const before = await endPins(tx, input, { by: actor.label, why: input.reason });
    if (before === undefined) throw new AppError("NOT_FOUND", `Nothing is pinned at ${describeTarget(input)}`);
    await recordPinHistory(tx, actor, input, { cause: "unpin", state: "unknown", charges: [], reason: input.reason });
    await recordAudit(tx, actor, {
      action: "prices.clearPin",
      target: describeTarget(input),
      reason: input.reason,
      before,
    });
    return { cleared: 1 };
  });
}

function readCharges({ charges, meter }: PinInput): Charge[] {
  const read = charges.map(({ amount, tier, window, ...line }): Charge => {
    const exact = parseDecimal(amount);
    if (exact === undefined || isNegative(exact)) throw new AppError("INVALID", `"${amount}" is no price`);
    return {
      ...line,
      amount: exact,
      ...(tier ? { tier: { above: tier.above, ...(tier.of ? { of: tier.of } : {}) } } : {}),
      ...(window ? { window } : {}),
    };
  });
  const keys = new Set(read.map((charge) => chargeKey(charge)));
  if (keys.size < read.length) throw new AppError("INVALID", "One line of the price is given twice");
  if (meter !== undefined && read.some((charge) => charge.meter !== meter))
    throw new AppError("INVALID", `A pin of the meter "${meter}" can only carry charges of that meter`);
  return sortCharges(read);
}

async function refusePast(tx: Tx, expiresAt: string): Promise<void> {
  const [row] = await tx.execute<{ past: boolean }>(sql`select ${expiresAt}::timestamptz <= clock_timestamp() as past`);
  if (row?.past !== false) throw new AppError("INVALID", `The pin would have expired already, at ${expiresAt}`);
}

async function endPins(tx: Tx, target: PinTarget, { by, why }: { by: string; why: string }): Promise<unknown> {
  const { seller, model, variant, meter } = target;
  // Two people who pin the same price take turns.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${describeTarget(target)}, 0))`);
  const [ended] = await tx.execute(sql`
    update price_pins set cleared_at = clock_timestamp(), cleared_by = ${by}, clear_reason = ${why}
    where seller = ${seller} and model = ${model} and variant = ${variant} and coalesce(meter, '') = ${meter ?? ""}
      and cleared_at is null
    returning charges, reason, set_by as "setBy", (expires_at is null or expires_at > clock_timestamp()) as active`);
  return ended?.["active"] === true || (ended !== undefined && why === "replaced") ? ended : undefined;
}

async function recordPinHistory(
  tx: Tx,
  actor: Principal,
  { seller, model, variant }: PinTarget,
  event: { cause: "pin" | "unpin"; state: string; charges: readonly Charge[]; reason: string },
): Promise<void> {
  const fingerprint = fingerprintOffer({ state: "priced", charges: event.charges });
  await tx.execute(sql`
    insert into model_pricing_history (source, seller, model, variant, state, charges, fingerprint, effective_at, observed_at,
      cause, actor, reason)
    select ${PIN_SOURCE}, ${seller}, ${model}, ${variant}, ${event.state}, ${JSON.stringify(event.charges)}::text::jsonb,
      ${fingerprint}, now, now, ${event.cause}, ${actor.label}, ${event.reason}
    from (select clock_timestamp() as now)`);
}

export function describeTarget({ seller, model, variant, meter }: PinTarget): string {
  return `${seller} ${model} ${variant}${meter === undefined ? "" : ` ${meter}`}`;
}
