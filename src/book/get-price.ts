import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { METERS, UNITS } from "#/price/charge.ts";
import { OFFER_STATES } from "#/price/offer.ts";

/** Instants are ISO 8601 texts in UTC. */
const instant = z.string();

export const chargeOutput = z.object({
  meter: z.enum(METERS),
  unit: z.enum(UNITS),
  /** USD per one unit, an exact decimal. */
  amount: z.string(),
  tier: z.object({ above: z.number(), of: z.enum(["results", "seconds"]).optional() }).optional(),
  window: z.object({ from: z.string(), to: z.string() }).optional(),
});

/** What every answer about an offer begins with. */
export const offerShape = {
  source: z.string(),
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  state: z.enum(OFFER_STATES),
  charges: z.array(chargeOutput),
};

export const pricedOffer = z.object({
  ...offerShape,
  effectiveAt: instant,
  /** Where the answer comes from. */
  provenance: z.object({
    jobId: z.string().nullable(),
    payloadDigest: z.string().nullable(),
    observedAt: instant,
    cause: z.string(),
  }),
  /** As things are now, whatever instant was asked for. */
  listing: z.object({
    id: z.string(),
    missedPayloads: z.number(),
    missingSince: instant.nullable(),
    delistedAt: instant.nullable(),
  }),
});
export type PricedOffer = z.infer<typeof pricedOffer>;

export type GetPriceInput = Readonly<{
  model: string;
  seller?: string | undefined;
  source?: string | undefined;
  variant?: string | undefined;
  /** The instant the price is asked for; now when absent. */
  at?: string | undefined;
  /** Only what had been observed by then; everything known now when absent. */
  knownAt?: string | undefined;
}>;

/**
 * What every source says a model cost at an instant, as known at an instant: the most trusted source first.
 * The model's id is exact; nothing is matched by prefix. Throws `NOT_FOUND` when no source had a price of it then.
 */
export async function getPrice(db: Db, input: GetPriceInput): Promise<PricedOffer[]> {
  const filters: SQL[] = [sql`h.model = ${input.model}`];
  if (input.seller !== undefined) filters.push(sql`h.seller = ${input.seller}`);
  if (input.source !== undefined) filters.push(sql`h.source = ${input.source}`);
  if (input.variant !== undefined) filters.push(sql`h.variant = ${input.variant}`);
  filters.push(
    sql`h.effective_at <= ${input.at === undefined ? sql`clock_timestamp()` : sql`${input.at}::timestamptz`}`,
  );
  if (input.knownAt !== undefined) filters.push(sql`h.observed_at <= ${input.knownAt}::timestamptz`);
  const rows = await db.execute(sql`
    with latest as (
      select distinct on (h.source, h.seller, h.variant) h.*
      from model_pricing_history h
      where ${sql.join(filters, sql` and `)}
      order by h.source, h.seller, h.variant, h.effective_at desc, h.observed_at desc, h.id desc)
    select l.source, l.seller, l.model, l.variant, l.state, l.charges,
      to_json(l.effective_at) #>> '{}' as "effectiveAt",
      json_build_object('jobId', l.job_id, 'payloadDigest', l.payload_digest, 'observedAt', l.observed_at, 'cause', l.cause) as provenance,
      json_build_object('id', p.listing, 'missedPayloads', p.missed_payloads, 'missingSince', p.missing_since, 'delistedAt', p.delisted_at) as listing
    from latest l
    join model_pricing p using (source, seller, model, variant)
    left join sources s on s.name = l.source
    order by s.trust nulls last, l.source, l.seller, l.variant <> 'default', l.variant`);
  if (rows.length === 0) throw new AppError("NOT_FOUND", describeAbsence(input));
  return z.array(pricedOffer).parse([...rows]);
}

function describeAbsence({ model, seller, source, variant, at }: GetPriceInput): string {
  const where = [
    seller && `at seller "${seller}"`,
    source && `in source "${source}"`,
    variant && `in variant "${variant}"`,
  ].filter(Boolean);
  const when = at === undefined ? "" : ` at ${at}`;
  return `No price of "${model}" is known${where.length > 0 ? ` ${where.join(" ")}` : ""}${when}. Ids are exact; search for it with "prices list"`;
}
