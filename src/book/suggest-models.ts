import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Db } from "#/platform/database.ts";

export const modelSuggestion = z.object({ model: z.string(), sellers: z.array(z.string()) });
export type ModelSuggestion = z.infer<typeof modelSuggestion>;

const MOST = 3;
const MOST_SELLERS = 5;

// What two spellings of one id share: the part after the last slash, without case, spaces and punctuation.
const core = (id: SQL) => sql`lower(regexp_replace(regexp_replace(${id}, '^.*/', ''), '[^[:alnum:]]', '', 'g'))`;

/**
 * Ids that may have been meant by one that is not known: the same but for case, spaces, punctuation or a vendor's prefix. Those
 * at the seller that was asked for come first. For people only: no price is ever looked up by one of them unasked.
 */
export async function suggestModels(
  db: Db,
  { model, seller }: Readonly<{ model: string; seller?: string | undefined }>,
): Promise<ModelSuggestion[]> {
  const rows = await db.execute(sql`
    with known as (
      select model, seller from model_pricing where delisted_at is null
      union select model, seller from price_pins
      where cleared_at is null and coalesce(expires_at > clock_timestamp(), true))
    select model, (array_agg(seller order by lower(seller) <> lower(${seller ?? ""}), seller))[:${MOST_SELLERS}::int] as sellers
    from known
    where ${core(sql`model`)} = ${core(sql`${model}::text`)} and ${core(sql`model`)} <> ''
      and (model, seller) <> (${model}, coalesce(${seller ?? null}::text, seller))
    group by model
    order by bool_and(lower(seller) <> lower(${seller ?? ""})), lower(model) <> lower(btrim(${model})), length(model), model
    limit ${MOST}`);
  return z.array(modelSuggestion).parse([...rows]);
}

/** `Did you mean "gpt-5" at openai, azure?`; empty when there is nothing to suggest. */
export function describeSuggestions(suggestions: readonly ModelSuggestion[]): string {
  if (suggestions.length === 0) return "";
  return `Did you mean ${suggestions.map(({ model, sellers }) => `"${model}" at ${sellers.join(", ")}`).join(", or ")}?`;
}
