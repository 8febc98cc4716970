import { verifyRates } from "#/book/verify-rates.ts";
import type { Check } from "#/platform/check-database.ts";
import type { Db } from "#/platform/database.ts";

/** Whether the prices in force are what history, pins, ranks and spellings say. */
export async function checkRates(db: Db): Promise<Check> {
  const { rates, versions, total, differences } = await verifyRates(db);
  const [first] = differences;
  if (first === undefined)
    return { name: "rates", passed: true, words: `${rates} rates of ${versions} versions are what the history says` };
  const where = `${first.model} at ${first.seller}`;
  const words = `${total} differences, the first at ${where}: ${first.words}. See all of them with: ratebook rates verify`;
  return { name: "rates", passed: false, words };
}
