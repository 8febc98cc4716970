import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import { lockSources } from "#/book/lock-sources.ts";
import { lockSpellings, readSellers } from "#/book/read-sellers.ts";
import { settleRates } from "#/book/settle-rates.ts";
import { sellerSpellings } from "#/book/schema.ts";
import type { Db, Tx } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { OfferKey } from "#/price/offer.ts";
import { SELLERS } from "#/price/sellers.ts";

const spelling = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text), "a name without control characters")
  .transform((text) => text.toLowerCase());

export const spellingInput = z.object({
  /** How a source spells a seller, in any case. */
  spelling,
  /** The identity of the seller that is meant. */
  seller: spelling,
  reason: z.string().trim().min(3).max(500),
});
export type SpellingInput = z.infer<typeof spellingInput>;

/** `moved` counts listings that are another seller's now, `changed` the rates that are others. */
export const spellingOutcome = z.object({ moved: z.number(), changed: z.number() });

/**
 * Says that a spelling means a seller. What the book has under the spelling becomes that seller's, with all its past; what the
 * book answered before stays as it was known then. Throws `CONFLICT` for a spelling that means a seller already, `NOT_FOUND`
 * for a seller that nobody lists.
 */
export async function addSpelling(
  db: Db,
  actor: Principal,
  { spelling: text, seller, reason }: SpellingInput,
): Promise<z.infer<typeof spellingOutcome>> {
  return db.transaction(async (tx) => {
    await lockSpellings(tx);
    await lockSources(tx, sql`select name from sources`);
    await refuse(tx, text, seller);
    await tx.insert(sellerSpellings).values({ spelling: text, seller, addedBy: actor.label, reason });
    const keys = await listKeys(tx, text);
    const moved = await moveRows(tx, text, seller);
    const both = [...keys, ...keys.map((key) => ({ ...key, seller }))];
    const { changed } = await settleRates(tx, both, {
      cause: "spelling",
      since: "-infinity",
      actor: actor.label,
      reason,
    });
    await recordAudit(tx, actor, {
      action: "prices.addSpelling",
      target: `${text} is ${seller}`,
      reason,
      after: { seller, moved, changed },
    });
    return { moved, changed };
  });
}

async function refuse(tx: Tx, text: string, seller: string): Promise<void> {
  const sellers = await readSellers(tx);
  const identity = sellers.identityOf(text);
  if (text === seller) throw new AppError("INVALID", `"${text}" is that seller's own id`);
  if (identity !== text) throw new AppError("CONFLICT", `"${text}" means the seller ${identity} already`);
  if (SELLERS.some(({ id }) => id === text))
    throw new AppError("CONFLICT", `"${text}" is a seller that Ratebook itself knows; it can't mean another one`);
  if (sellers.identityOf(seller) !== seller)
    throw new AppError("CONFLICT", `"${seller}" is a spelling itself: name the seller, ${sellers.identityOf(seller)}`);
  if (SELLERS.some(({ id }) => id === seller)) return;
  const [known] = await tx.execute(sql`select from model_pricing where seller = ${seller} limit 1`);
  if (known === undefined) throw new AppError("NOT_FOUND", `No source lists a seller "${seller}"`);
}

/** What the book has under the spelling, as a seller of its own. */
async function listKeys(tx: Tx, text: string): Promise<OfferKey[]> {
  const keys = await tx.execute<OfferKey>(sql`
    select seller, model, variant from model_pricing where seller = ${text}
    union select seller, model, variant from price_pins where seller = ${text}
    union select seller, model, variant from rates where seller = ${text} and version_to is null`);
  return [...keys];
}

/** Answers how many listings moved. Of two pins, usages or listings that fall together the later one stays. */
async function moveRows(tx: Tx, text: string, seller: string): Promise<number> {
  await dropTwins(tx, text, seller);
  const listings = await tx.execute(
    sql`update model_pricing set seller = ${seller} where seller = ${text} returning 1`,
  );
  await tx.execute(sql`update model_pricing_history set seller = ${seller} where seller = ${text}`);
  await tx.execute(sql`update price_holds set seller = ${seller} where seller = ${text}`);
  await tx.execute(sql`
    update price_pins p set cleared_at = clock_timestamp(), cleared_by = 'ratebook',
      clear_reason = 'another spelling of the seller was pinned later'
    where p.seller in (${text}, ${seller}) and p.cleared_at is null and exists (
      select from price_pins o where o.seller in (${text}, ${seller}) and o.cleared_at is null
        and (o.set_at, o.id) > (p.set_at, p.id)
        and (o.model, o.variant) = (p.model, p.variant) and o.meter is not distinct from p.meter)`);
  await tx.execute(sql`update price_pins set seller = ${seller} where seller = ${text}`);
  await tx.execute(sql`update model_usage set seller = ${seller} where seller = ${text}`);
  await tx.execute(sql`update seller_spellings set seller = ${seller} where seller = ${text}`);
  return listings.length;
}

/** One entry that has stood under both spellings, one after the other: what the source offers now stays. */
async function dropTwins(tx: Tx, text: string, seller: string): Promise<void> {
  const isTwin = sql`exists (select from model_pricing a join model_pricing b using (source, model, variant, listing)
    where a.seller = ${text} and b.seller = ${seller}
      and (a.source, a.model, a.variant, a.listing) = (h.source, h.model, h.variant, h.listing))`;
  // It went under one spelling only to stand under the other: it was never gone.
  await tx.execute(sql`
    update model_pricing_history h set withdrawn_at = clock_timestamp()
    where h.cause = 'delist' and h.withdrawn_at is null and h.seller in (${text}, ${seller}) and ${isTwin}`);
  await tx.execute(sql`
    delete from model_pricing p where p.seller in (${text}, ${seller}) and exists (
      select from model_pricing o where o.seller in (${text}, ${seller}) and o.id <> p.id
        and (o.source, o.model, o.variant, o.listing) = (p.source, p.model, p.variant, p.listing)
        and (o.missed_payloads, o.id) < (p.missed_payloads, p.id))`);
  await tx.execute(sql`
    update price_holds h set state = 'resolved', decided_at = clock_timestamp(), decision = 'the entry stands under another spelling'
    where h.state = 'open' and h.seller in (${text}, ${seller}) and exists (
      select from price_holds o where o.state = 'open' and o.seller in (${text}, ${seller}) and o.id > h.id
        and (o.source, o.model, o.variant, o.listing) = (h.source, h.model, h.variant, h.listing)
        and o.effective_at is not distinct from h.effective_at)`);
  await tx.execute(sql`
    delete from model_usage u where u.seller in (${text}, ${seller}) and exists (
      select from model_usage o where o.seller in (${text}, ${seller}) and (o.updated_at, o.seller) > (u.updated_at, u.seller)
        and (o.model, o.variant, o.meter) = (u.model, u.variant, u.meter))`);
}
